/** Everything that asks before it acts, and help and settings. */
import { useEffect, useState } from 'preact/hooks';
import { unreachable } from '../../proto/errors.ts';
import { type SessionSpan, touches } from '../state/selection.ts';
import { counted, seconds } from '../state/words.ts';
import { useApp } from './context.ts';
import { labelText } from './labels.tsx';
import { Modal } from './modal.tsx';
import { Preflight } from './preflight.tsx';

function Buttons(props: {
  readonly confirm?: string;
  readonly enabled?: boolean;
  readonly onConfirm?: () => void;
}) {
  const { model } = useApp();
  const { confirm, enabled = true, onConfirm } = props;
  const close = (): void => {
    model.dialog.value = { kind: 'none' };
  };
  return (
    <div class="dialog-buttons">
      <button type="button" class="button" onClick={close}>
        {confirm ? 'Cancel' : 'Close'}
      </button>
      {confirm && (
        <button
          type="button"
          class="button danger"
          disabled={!enabled}
          onClick={() => {
            onConfirm?.();
            close();
          }}
        >
          {confirm}
        </button>
      )}
    </div>
  );
}

const KEYS: readonly (readonly [string, string])[] = [
  ['1 … 9', 'hold: teach that class; tap: the last 2.4 s were that class'],
  ['0', 'the last 2.4 s were unknown'],
  ['N', 'the last 2.4 s were not what was answered'],
  ['U or Ctrl+Z', 'undo the last label'],
  ['R', 'go to the ribbon'],
  ['← →', 'on the ribbon: move the selection'],
  ['Shift + ← →', 'on the ribbon: make it longer or shorter'],
  ['Enter', 'on the ribbon: play the selection'],
  ['1 … 9 with a selection', 'label the selection'],
  ['Esc', 'clear the selection'],
  ['?', 'this help'],
];

function Help() {
  return (
    <Modal title="Keyboard">
      <dl class="keys">
        {KEYS.map(([key, text]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <Buttons />
    </Modal>
  );
}

function useDevices(): readonly MediaDeviceInfo[] {
  const [devices, setDevices] = useState<readonly MediaDeviceInfo[]>([]);
  useEffect(() => {
    const media: MediaDevices | undefined = navigator.mediaDevices;
    media?.enumerateDevices().then(setDevices, () => setDevices([]));
  }, []);
  return devices;
}

function SettingsDialog() {
  const { model, actions } = useApp();
  const settings = model.settings.value;
  const devices = useDevices();
  const choose = (kind: MediaDeviceKind, field: 'cameraId' | 'microphoneId', name: string) => (
    <label class="field">
      <span>{name}</span>
      <select
        value={settings[field]}
        onChange={(event) => actions.settings({ ...settings, [field]: event.currentTarget.value })}
      >
        <option value="">Browser's choice</option>
        {devices
          .filter((device) => device.kind === kind && device.deviceId !== '')
          .map((device, i) => (
            <option key={device.deviceId} value={device.deviceId}>
              {device.label === '' ? `${name} ${i + 1}` : device.label}
            </option>
          ))}
      </select>
    </label>
  );
  return (
    <Modal title="Settings">
      {choose('videoinput', 'cameraId', 'Camera')}
      {choose('audioinput', 'microphoneId', 'Microphone')}
      <label class="check">
        <input
          type="checkbox"
          checked={settings.processing}
          onChange={(event) => actions.settings({ ...settings, processing: event.currentTarget.checked })}
        />
        Let the browser clean the sound (echo, noise, gain)
      </label>
      <p class="hint">
        Off by default: it removes exactly the sounds that a class may be made of. Applies at the next start
        of the camera.
      </p>
      <label class="field">
        <span>Your name on labels</span>
        <input
          type="text"
          maxLength={64}
          value={settings.name}
          placeholder="optional"
          onChange={(event) => actions.settings({ ...settings, name: event.currentTarget.value.trim() })}
        />
      </label>
      <Buttons />
    </Modal>
  );
}

function DeleteClass({ classId, data }: { readonly classId: string; readonly data: boolean }) {
  const { model, actions } = useApp();
  const info = model.classes.value.find((known) => known.id === classId);
  const gone = model.deleted.value.find((known) => known.id === classId);
  const name = info?.name ?? gone?.name ?? 'this class';
  if (data) {
    return (
      <Modal title={`Delete “${name}” and its data?`}>
        <p>
          The class, its labels{info && ` (${info.spans})`}
          {gone && ` (${gone.labels})`} and their features are removed from the disk, and the model forgets
          them. This cannot be undone.
        </p>
        <Buttons confirm="Delete its data" onConfirm={() => actions.forgetClass(classId)} />
      </Modal>
    );
  }
  return (
    <Modal title={`Delete the class “${name}”?`}>
      <p>
        It is no longer answered and its labels no longer count. Its data stays on the disk until you delete
        that too, here by “Delete its data” or later at “Your data”.
      </p>
      <Buttons confirm="Delete class" onConfirm={() => actions.edit({ type: 'delete', classId })} />
    </Modal>
  );
}

function ForgetSpan({ span }: { readonly span: SessionSpan }) {
  const { model, actions } = useApp();
  const listed = model.labels.value.filter((entry) => entry.status !== 'refused' && touches(entry, span));
  const placed = model.ribbon.value.labels.filter(
    (label) => touches(label, span) && !listed.some(({ id }) => id === label.labelId),
  );
  const count = listed.length + placed.length;
  const names = [...new Set(listed.map((entry) => labelText(entry, model.classes.value)))];
  return (
    <Modal title={`Forget ${seconds(span.end - span.start)}?`}>
      <p>
        {count === 0
          ? 'No label that this page knows of touches this span. '
          : `${counted(count, 'label')} ${count === 1 ? 'touches' : 'touch'} this span${names.length > 0 ? `: ${names.join(', ')}` : ''}. `}
        Every label that touches it is deleted whole, undone ones too, with its features on the disk and every
        model version that learned from it. The model goes back to the newest version that did not, and learns
        again from what is left.
      </p>
      <p class="hint">
        The pictures and the sound of the last minute are in memory only and go by themselves. This cannot be
        undone.
      </p>
      <Buttons confirm="Forget it" onConfirm={() => actions.forgetSpan(span)} />
    </Modal>
  );
}

const PHRASE = 'delete everything';

function ForgetEverything() {
  const { model, actions } = useApp();
  const [typed, setTyped] = useState('');
  return (
    <Modal title="Delete everything?">
      <p>
        All classes, labels, features and models in{' '}
        <code>{model.welcome.value?.dataPath ?? 'the project'}</code> are removed from the disk. This cannot
        be undone.
      </p>
      <label class="field">
        <span>
          Type <b>{PHRASE}</b> to confirm
        </span>
        <input
          type="text"
          value={typed}
          autocomplete="off"
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      <Buttons
        confirm="Delete everything"
        enabled={typed.trim().toLowerCase() === PHRASE}
        onConfirm={actions.forgetEverything}
      />
    </Modal>
  );
}

export function Dialogs() {
  const { model } = useApp();
  const dialog = model.dialog.value;
  switch (dialog.kind) {
    case 'none':
      return null;
    case 'help':
      return <Help />;
    case 'settings':
      return <SettingsDialog />;
    case 'preflight':
      return <Preflight />;
    case 'forget-span':
      return <ForgetSpan span={dialog.span} />;
    case 'forget-everything':
      return <ForgetEverything />;
    case 'delete-class':
    case 'forget-class':
      return <DeleteClass classId={dialog.classId} data={dialog.kind === 'forget-class'} />;
    default:
      return unreachable(dialog);
  }
}
