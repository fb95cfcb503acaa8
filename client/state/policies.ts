/** The training policies as a person reads them. */
import { type PolicyChoice, type PolicyName, rebalances } from '../../proto/policies.ts';

export type PolicyWords = { readonly name: string; readonly line: string };

export const POLICY_WORDS: Readonly<Record<PolicyName, PolicyWords>> = {
  frozen: { name: 'Frozen', line: 'Encoders stay as they are; corrections move the class prototypes alone.' },
  'head-only': {
    name: 'Head only',
    line: 'Trains how sound and picture are combined, not what is heard and seen.',
  },
  joint: { name: 'Joint', line: 'Trains everything on the answer of both senses together: the plain way.' },
  'joint-uni-modal': {
    name: 'Joint, each sense too',
    line: 'As joint, and each sense also learns to answer alone. No rebalancing: this is “off”.',
  },
  'ogm-ge': {
    name: 'OGM-GE',
    line: 'Slows the stronger sense down by how far it leads (Peng et al., 2022).',
  },
  mmpareto: {
    name: 'MMPareto',
    line: 'Finds a step on which joint and single answers do not conflict (Wei and Hu, 2024).',
  },
  'paper-pmr': {
    name: 'PMR, as written',
    line: 'Prototypical rebalancing as its paper describes it (Fan et al., 2023).',
  },
  'published-pmr': { name: 'PMR, as published', line: 'The same as the authors’ code does it.' },
  'uni-modal-pmr': {
    name: 'PMR, each sense too',
    line: 'PMR’s push on the weaker sense, and each sense also learns to answer alone. The default.',
  },
  'pmr-stream': {
    name: 'PMR-stream',
    line: 'PMR for live labels: measured before learning, guarded, and only while a sense is behind. This is “on”.',
  },
  'audio-only': { name: 'Sound only', line: 'Hears and never looks: a bound to compare with.' },
  'video-only': { name: 'Picture only', line: 'Looks and never hears: a bound to compare with.' },
};

export type Position = 'off' | 'on' | 'auto';

/** Where the switch of rebalancing stands for a choice. */
export function positionOf(choice: PolicyChoice): Position {
  if (choice === 'auto') return 'auto';
  return rebalances(choice) ? 'on' : 'off';
}
