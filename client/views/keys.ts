/** The keyboard: which key does what, wherever the focus is. */
import type { AppContext } from './context.ts';

function typing(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.matches('input:not([type=range]):not([type=checkbox]):not([type=radio]), select, textarea')
  );
}

function digit({ model, actions }: AppContext, number: number): void {
  if (number === 0) {
    const unknown = { kind: 'unknown', className: '' } as const;
    if (model.selection.value) actions.labelSelection(unknown);
    else actions.correct(unknown);
    return;
  }
  const chosen = model.classes.value[number - 1];
  if (!chosen) return;
  if (model.selection.value) actions.labelSelection({ kind: 'class', className: chosen.name });
  else actions.press(chosen.name);
}

function letter({ model, actions }: AppContext, key: string): boolean {
  const answer = model.live.value?.answer;
  switch (key) {
    case 'u':
      actions.undoLast();
      return true;
    case 'n':
      if (answer) actions.correct({ kind: 'not-class', className: answer.name });
      return true;
    case 'r':
      document.querySelector<HTMLElement>('.ribbon')?.focus();
      return true;
    case '?':
      model.dialog.value = { kind: 'help' };
      return true;
    case 'escape':
      actions.select(null);
      return true;
    default:
      return false;
  }
}

/** Listens until the returned function is called. */
export function listenToKeys(app: AppContext): () => void {
  const { model, actions } = app;
  let held = ''; // the digit key that is down
  const down = (event: KeyboardEvent): void => {
    if (typing(event.target) || model.dialog.value.kind !== 'none' || event.altKey) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() !== 'z') return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      actions.undoLast();
      return;
    }
    if (/^[0-9]$/.test(event.key)) {
      if (!event.repeat) digit(app, Number(event.key));
      held = event.key;
      event.preventDefault();
    } else if (letter(app, event.key.toLowerCase())) event.preventDefault();
  };
  const up = (event: KeyboardEvent): void => {
    if (event.key !== held) return;
    held = '';
    actions.release();
  };
  const lost = (): void => {
    held = '';
    actions.release();
  };
  addEventListener('keydown', down);
  addEventListener('keyup', up);
  addEventListener('blur', lost);
  return () => {
    removeEventListener('keydown', down);
    removeEventListener('keyup', up);
    removeEventListener('blur', lost);
  };
}
