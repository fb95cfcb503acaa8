/** A thread that renders sounds. */
import { AUDIO_MATERIAL } from '../../src/pretraining/audio-material.ts';
import { serveRows } from './render-thread.ts';

serveRows(AUDIO_MATERIAL);
