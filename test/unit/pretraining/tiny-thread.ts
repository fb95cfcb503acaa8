/** A thread that renders the tiny material. */
import { serveRows } from '../../../server/pretraining/render-thread.ts';
import { TINY } from './tiny-material.ts';

serveRows(TINY);
