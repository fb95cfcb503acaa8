/** Short notes in the corner; a label's note shows what it has changed and can be undone. */
import type { Toast } from '../state/toasts.ts';
import { useApp } from './context.ts';
import { Effects } from './labels.tsx';
import { Icon, IconButton } from './parts.tsx';

function Note({ toast }: { readonly toast: Toast }) {
  const { actions } = useApp();
  const undo = (): void => {
    actions.undo(toast.undoes);
    actions.dismissToast(toast.id);
  };
  return (
    <div class={`toast ${toast.kind}`} role={toast.kind === 'error' ? 'alert' : 'status'}>
      <div class="grow">
        <p>{toast.text}</p>
        {toast.effects.length > 0 && (
          <p class="effects">
            <Effects effects={toast.effects} />
          </p>
        )}
      </div>
      {toast.undoes !== '' && (
        <button type="button" class="button small" onClick={undo}>
          <Icon name="undo" /> Undo
        </button>
      )}
      <IconButton icon="close" label="Dismiss" onClick={() => actions.dismissToast(toast.id)} />
    </div>
  );
}

export function Toasts() {
  const { model } = useApp();
  return (
    <section class="toasts" aria-label="Notes">
      {model.toasts.value.map((toast) => (
        <Note key={toast.id} toast={toast} />
      ))}
    </section>
  );
}
