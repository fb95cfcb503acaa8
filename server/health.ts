/**
 * How the server fares, as every peer hears it once a second: sizes, counters, and how the media of its own stream arrives.
 */
import type { Health, Link } from '../proto/messages.ts';
import { millis } from '../proto/units.ts';
import type { Inference } from './compute/ports.ts';
import { openDecoders } from './ingest/open-decoders.ts';
import type { Place } from './places.ts';
import type { Project } from './project/project.ts';

export type HealthSources = {
  readonly project: Pick<Project, 'stats'>;
  readonly inference: Pick<Inference, 'stats'>;
};

/** Of all sessions, ended ones included. */
type Totals = Readonly<Record<string, number>>;

/** How the media of each of these arrived since the last call. */
export async function measureLinks(places: readonly Place[]): Promise<ReadonlyMap<Place, Link | null>> {
  const links = places.map(async (place) => [place, await place.session.measureLink()] as const);
  return new Map(await Promise.all(links));
}

/**
 * What is the same for every peer is asked for once.
 * @returns the health as a peer at a place hears it.
 * Rejects while the store or the inference process does not answer.
 */
export async function readHealth(
  { project, inference }: HealthSources,
  sessions: number,
  totals: Totals,
  links: ReadonlyMap<Place, Link | null>,
): Promise<(place: Place | null) => Health> {
  const [stored, compute] = await Promise.all([project.stats(), inference.stats()]);
  const common = {
    type: 'health',
    sessions,
    rssBytes: process.memoryUsage.rss() + compute.rssBytes,
    tensors: compute.tensors,
    openDecoders: openDecoders(),
    storedBytes: stored.bytes,
    storedLabels: stored.labels,
    totals,
  } as const;
  return (place) => ({
    ...common,
    shed: place?.session.shed ?? {},
    jitter: place?.session.jitter ?? millis(0),
    link: (place && links.get(place)) ?? null,
  });
}
