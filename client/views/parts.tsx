/** Small pieces that several views share. */
import type { ComponentChildren } from 'preact';
import { percent } from '../state/words.ts';

export type Tone = 'fused' | 'sound' | 'picture' | 'plain';

export type BarProps = {
  /** 0..1, or null where there is nothing to show. */
  readonly value: number | null;
  readonly tone: Tone;
  /** What the bar measures, for those who do not see it. */
  readonly label: string;
  readonly thick?: boolean;
};

/** A horizontal meter. Its width is set as a property, which a strict CSP allows. */
export function Bar({ value, tone, label, thick = false }: BarProps) {
  const shown = Math.round(Math.max(0, Math.min(1, value ?? 0)) * 100);
  return (
    <div class={`bar ${tone} ${thick ? 'thick' : ''}`}>
      <meter class="visually-hidden" aria-label={label} min={0} max={100} value={shown}>
        {percent(value)}
      </meter>
      <div class="fill" aria-hidden="true" style={{ transform: `scaleX(${shown / 100})` }} />
    </div>
  );
}

export type PanelProps = {
  readonly title: string;
  readonly class?: string;
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
};

/** A titled region of the screen. */
export function Panel({ title, class: extra = '', aside, children }: PanelProps) {
  const id = `panel-${title.toLowerCase().replace(/[^a-z]+/g, '-')}`;
  return (
    <section class={`panel ${extra}`} aria-labelledby={id}>
      <header class="panel-head">
        <h2 id={id}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

/** A class's colour. */
export function Dot({ colour }: { readonly colour: string }) {
  return <span class="dot" aria-hidden="true" style={{ backgroundColor: colour }} />;
}

/** A name and its value in one line of a list. */
export function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const PATHS = {
  camera:
    'M3 7.5A1.5 1.5 0 0 1 4.5 6h8A1.5 1.5 0 0 1 14 7.5v9a1.5 1.5 0 0 1-1.5 1.5h-8A1.5 1.5 0 0 1 3 16.5zM14 11l6-3.5v9L14 13z',
  microphone: 'M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM6 11a6 6 0 0 0 12 0M12 17v4',
  play: 'M7 4.5v15l12-7.5z',
  stop: 'M6 6h12v12H6z',
  undo: 'M9 7 4 12l5 5M4 12h10a5 5 0 0 1 0 10h-2',
  settings:
    'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM19 12l2-1-1-3-2.2.3-1.4-1.4L16.7 4.6l-3-1.1L12.5 5.4h-1L10.3 3.5l-3 1.1.3 2.3L6.2 8.3 4 8l-1 3 2 1-2 1 1 3 2.2-.3 1.4 1.4-.3 2.3 3 1.1 1.2-1.9h1l1.2 1.9 3-1.1-.3-2.3 1.4-1.4L20 16l1-3z',
  edit: 'M4 20l1-4L16 5l3 3L8 19zM14 7l3 3',
  close: 'M6 6l12 12M18 6 6 18',
  trash: 'M5 7h14M10 7V4.5h4V7M7 7l1 13h8l1-13M10.5 10.5v6M13.5 10.5v6',
  signal: 'M5 19v-4M12 19V10M19 19V5',
  theme: 'M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16',
} as const;

export type IconName = keyof typeof PATHS;

/** A line icon; decoration only, the button around it has the name. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** A button that is only an icon; `label` is its name and its tooltip. */
export function IconButton(props: {
  readonly icon: IconName;
  readonly label: string;
  readonly onClick: () => void;
  readonly pressed?: boolean;
}) {
  const { icon, label, onClick, pressed } = props;
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
