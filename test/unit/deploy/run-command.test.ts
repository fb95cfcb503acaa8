import { describe, expect, it } from 'vitest';
import { lastWords, runCommand } from '../../../deploy/setup/run-command.mjs';

const node = process.execPath;

describe('runCommand', () => {
  it('returns the output of a program that ends well', async () => {
    expect(await runCommand(node, ['-e', 'console.log(1 + 1)'])).toEqual({
      ok: true,
      output: '2\n',
      reason: '',
    });
  });

  it('gives the telling line of one that fails', async () => {
    const script = 'console.error("error: no such host"); console.error("see the log"); process.exit(3)';
    expect(await runCommand(node, ['-e', script])).toMatchObject({
      ok: false,
      reason: 'error: no such host',
    });
  });

  it('names a program that does not exist', async () => {
    const { ok, reason } = await runCommand('counterpoise-no-such-program', []);
    expect(ok).toBe(false);
    expect(reason).toContain('counterpoise-no-such-program cannot be started');
  });

  it('ends a program that hangs, together with its children', async () => {
    const child = 'setInterval(() => {}, 1000)';
    const script = `require('child_process').spawn(process.execPath, ['-e', '${child}'], { stdio: 'inherit' }); ${child}`;
    // Resolves only when the grandchild has closed the pipe that it inherited.
    expect(await runCommand(node, ['-e', script], { limitMs: 1 })).toMatchObject({
      ok: false,
      reason: 'took longer than 0.001 s',
    });
  });

  it('ends a program that makes no progress', async () => {
    const outcome = await runCommand(node, ['-e', 'setInterval(() => {}, 1000)'], {
      stallMs: 1,
      size: () => 0,
    });
    expect(outcome).toMatchObject({ ok: false, reason: 'no progress for 0.001 s' });
  });
});

describe('lastWords', () => {
  it.each([
    ['', ''],
    ['one\ntwo\n', 'two'],
    ['ERROR: Could not find a version\nbye', 'ERROR: Could not find a version'],
    ['10 %\r20 %\r', '20 %'],
  ])('of %j is %j', (output, expected) => {
    expect(lastWords(output)).toBe(expected);
  });
});
