/** From a label's acknowledgement to the first answer that knows it. */
import { quantile } from '../../server/cli/scoring.ts';
import { Gateway } from './gateway.ts';
import type { BenchOptions } from './lag-cli.ts';
import { LiveStream } from './live-stream.ts';
import { record } from './recording.ts';
import type { Measured } from './report.ts';
import { type Answered, type Labelled, sleep } from './session-end.ts';

const LABELS = { whole: 20, quick: 6 };
const FIRST_LABEL_MS = 4000;
const PAUSE_MS = 1300; // no multiple of the hop: labels fall anywhere between two answers
const LAST_ANSWER_MS = 2000;
const TARGET_MS = 500;

async function labelled(stream: LiveStream, classNames: readonly string[], count: number) {
  const given: Labelled[] = [];
  for (let i = 0; i < count; i++) {
    given.push(await stream.label(classNames[i % classNames.length] ?? ''));
    await sleep(PAUSE_MS);
  }
  return given;
}

/** Milliseconds from `since` to the first later answer that has seen journal entry `seq`; null when none came. */
function answerAfter(answers: readonly Answered[], since: number, seq: number): number | null {
  const found = answers.find(({ at, appliedSeq }) => at >= since && appliedSeq >= seq);
  return found ? found.at - since : null;
}

const known = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);

/** @returns acknowledgement to changed prediction, and the label's whole way. */
export async function labelToAnswer({ quick }: BenchOptions): Promise<Measured> {
  const recording = await record({ seed: 302, classes: 2, spansPerClass: 2 });
  const gateway = await Gateway.start();
  try {
    const stream = await LiveStream.open(gateway.url, recording);
    await sleep(FIRST_LABEL_MS);
    const given = await labelled(stream, recording.classNames, quick ? LABELS.quick : LABELS.whole);
    await sleep(LAST_ANSWER_MS);
    await stream.close();
    const acks = given.map(({ ackedAt, sentAt }) => ackedAt - sentAt);
    const fromAck = given.map(({ ack, ackedAt }) => answerAfter(stream.answers, ackedAt, ack.seq));
    const fromLabel = given.map(({ ack, sentAt }) => answerAfter(stream.answers, sentAt, ack.seq));
    return {
      what: "live session: an acknowledgement's receipt to the first later prediction that has applied the label",
      figures: [
        { name: 'ack to changed prediction p50', value: quantile(known(fromAck), 0.5), unit: 'ms' },
        {
          name: 'ack to changed prediction p95',
          value: quantile(known(fromAck), 0.95),
          unit: 'ms',
          atMost: TARGET_MS,
        },
        { name: 'labels without one', value: fromAck.length - known(fromAck).length, unit: '', atMost: 0 },
        { name: 'labels', value: given.length, unit: '' },
        { name: 'label sent to ack p50', value: quantile(acks, 0.5), unit: 'ms' },
        { name: 'label sent to ack p95', value: quantile(acks, 0.95), unit: 'ms' },
        { name: 'label sent to changed prediction p95', value: quantile(known(fromLabel), 0.95), unit: 'ms' },
      ],
      detail: { acks, fromAck, fromLabel },
    };
  } finally {
    await gateway.close();
  }
}
