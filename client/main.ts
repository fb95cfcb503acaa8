import './capture/capture.ts';
import './capture/sender.ts';
import './connection.ts';
import './demo/source.ts';
import './demo/teacher.ts';
import './demo/score.ts';
import './capture/devices.ts';
import './access.ts';
