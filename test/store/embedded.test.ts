import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore } from '../../src/store/open.js';
import { PATIENCE } from '../support/stores.js';
import { conformance } from './conformance.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'guard-store-'));
});
afterAll(() => rm(root, { recursive: true }));

conformance('in memory', () => openStore({ memory: true }));
conformance('in a folder', async () =>
  openStore({ folder: await mkdtemp(path.join(root, 'store-')), queryTimeout: PATIENCE }),
);
