/** A thread that renders pictures. */
import { VIDEO_MATERIAL } from '../../src/pretraining/video-material.ts';
import { serveRows } from './render-thread.ts';

serveRows(VIDEO_MATERIAL);
