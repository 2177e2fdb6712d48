import { AUDIT } from './audit.js';
import { CASES } from './cases.js';
import { DATA2, DATASTORE } from './data.js';
import { DECISIONS } from './decisions.js';
import { DUTIES } from './duties.js';
import { ENGINE, ENGINE2 } from './engine.js';
import { GRID } from './grid.js';
import { HEALTH } from './health.js';
import { LINT } from './lint.js';
import { LIFE } from './life.js';
import { DEFINITIONS, MODEL2 } from './models.js';
import { POLICIES } from './policies.js';
import type { Route } from './route.js';
import { SECTIONS } from './sections.js';
import { TASKS } from './tasks.js';
import { WORK } from './work.js';

/** Every route of the router except the document and its page. */
export const ROUTES: readonly Route[] = Object.freeze([
  ...HEALTH,
  ...ENGINE,
  ...DATASTORE,
  ...DEFINITIONS,
  ...ENGINE2,
  ...DATA2,
  ...MODEL2,
  ...TASKS,
  ...LIFE,
  ...WORK,
  ...AUDIT,
  ...DECISIONS,
  ...CASES,
  ...DUTIES,
  ...LINT,
  ...POLICIES,
  ...SECTIONS,
  ...GRID,
]);
