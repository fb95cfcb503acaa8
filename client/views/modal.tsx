/** A modal dialog; Escape closes it. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useApp } from './context.ts';

export function Modal({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  const { model } = useApp();
  const element = useRef<HTMLDialogElement>(null);
  const close = (): void => {
    model.dialog.value = { kind: 'none' };
  };
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog ref={element} aria-labelledby="dialog-title" onClose={close}>
      <div class="dialog-body">
        <h2 id="dialog-title">{title}</h2>
        {children}
      </div>
    </dialog>
  );
}
