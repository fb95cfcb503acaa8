/** Compiles each step once for a process. */
import type { Compile, CompiledStep } from '../../src/training/trainee.ts';
import type { ComputeBackend } from './backend.ts';

/** Keeps each compiled step: it holds no weights, so a later round of as many classes can use it. */
export function keepingCompile(backend: ComputeBackend): Compile {
  const kept = new Map<string, CompiledStep>();
  return async (name, fn, examples) => {
    const known = kept.get(name);
    if (known) return known;
    const compiled = await backend.compile(name, fn, examples);
    const step: CompiledStep = { run: (inputs) => compiled.run(inputs), dispose: () => undefined };
    kept.set(name, step);
    return step;
  };
}
