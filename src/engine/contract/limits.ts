import type { GuardOptions } from './types.js';

/** Default limits of a model's work. */
const DEFAULTS = { commandLimit: 300_000, stepLimit: 10_000, loopLimit: 1_000 } as const;

/** The limits of a model's work. */
export const limitsOf = ({
  commandLimit = DEFAULTS.commandLimit,
  stepLimit = DEFAULTS.stepLimit,
  loopLimit = DEFAULTS.loopLimit,
}: GuardOptions): Record<keyof typeof DEFAULTS, number> => ({ commandLimit, stepLimit, loopLimit });

/** How many sections, and models in them, one user may make by default who is no administrator. */
const SECTION_LIMIT = 10_000;

export const sectionLimitOf = ({ sectionLimit = SECTION_LIMIT }: GuardOptions): number => sectionLimit;

/** Default limits of one instance. */
const ROOM = {
  data: 4_194_304,
  assignments: 524_288,
  caller: 4_194_304,
  savePoints: 50,
  savePointBytes: 4_194_304,
  logLines: 1_000,
} as const;

/** The limits of one instance; see {@link GuardOptions.instanceLimits}. */
export type Room = Record<keyof typeof ROOM, number>;

export const roomOf = ({ instanceLimits = {} }: GuardOptions): Room => ({
  ...ROOM,
  ...Object.fromEntries(Object.entries(instanceLimits).filter(([, limit]) => limit !== undefined)),
});
