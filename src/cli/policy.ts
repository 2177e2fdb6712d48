import { writeFileSync } from 'node:fs';
import { readPolicyFiles, refusal, type PolicyFiles } from '../engine/policies/files/policy-files.js';
import type { Store } from '../store/port.js';
import { ModelNames } from '../engine/policies/known-names.js';
import {
  applyFiles,
  plannedChanges,
  releaseFiles,
  type Applied,
  type FilesTarget,
  type OnApplied,
} from '../engine/policies/files/apply-files.js';
import { printPolicyFile } from '../engine/policies/files/policy-text.js';
import type { People } from '../engine/policy-book/giving.js';
import { storedPolicies } from '../engine/policy-book/stored-policies.js';
import { messageOf } from '../core/thrown.js';
import type { PolicyChange } from '../core/policy-set/policy-set.js';
import { userDirectory } from '../engine/users/directory.js';
import { fileProblem } from './file-error.js';
import { NotDone, UsageError, type Io } from './io.js';
import type { Run } from './maintenance.js';
import { nameIn, readArguments } from './options.js';
import { isActiveIn, peopleLock } from './last-manager.js';
import { account, record } from './record.js';
import { withStore } from './store.js';
import { minute, table } from './table.js';

const MOST_VERSIONS = 500;
/** Entries that stay; `policy diff` names up to this many. */
const MOST_KEPT = 100;
const JSON_OPTION = { json: { type: 'boolean' } } as const;
const CHANGING = {
  ...JSON_OPTION,
  'allow-unknown-models': { type: 'boolean' },
  'allow-internal': { type: 'boolean' },
  'switch-off-sections': { type: 'boolean' },
} as const;
const OF_TENANT = { tenant: { type: 'string' } } as const;
const tenantIn = ({ tenant }: { readonly tenant?: string | undefined }): string | null =>
  nameIn(tenant, '--tenant') ?? null;

/** Reads the files. @throws NotDone for a path that cannot be read */
async function filesAt(paths: readonly string[]): Promise<PolicyFiles> {
  try {
    return await readPolicyFiles(paths);
  } catch (error) {
    throw new NotDone(fileProblem(error) ?? messageOf(error));
  }
}

/** The people of a tenant. Of users who are kept elsewhere nothing is known: any may be active. */
function peopleOf(store: Store, tenant: string | null): People {
  const directory = userDirectory(store);
  let kept: Promise<boolean> | undefined;
  const isKept = (): Promise<boolean> => (kept ??= directory.list().then((users) => users.length > 0));
  return {
    isUser: async (name) => {
      const user = await directory.find(name);
      if (user === undefined) return !(await isKept());
      return isActiveIn(user, tenant);
    },
    hasMembers: async (group) => (await directory.hasMembers(group, tenant)) || !(await isKept()),
  };
}

type Changing = Readonly<Partial<Record<keyof typeof CHANGING, boolean>>>;

async function targetOf(store: Store, values: Changing): Promise<FilesTarget> {
  // Imported here because loading bpmn-server takes a while.
  const { modelKeeper } = await import('../engine/execution/definition-loader.js');
  const keeper = modelKeeper(store);
  return {
    store,
    book: storedPolicies(store),
    groundOf: (tenantId) => ({
      names: new ModelNames(store, keeper, tenantId),
      people: peopleOf(store, tenantId),
    }),
    people: peopleLock(store),
    options: {
      allowUnknownModels: values['allow-unknown-models'],
      allowInternal: values['allow-internal'],
      switchOffSections: values['switch-off-sections'],
    },
  };
}

/** Checks policy files for mistakes. Needs no store. */
export const checkPolicies: Run = async (args, io) => {
  const { values, given } = readArguments(args, ['file …'], JSON_OPTION);
  const { tenants, mistakes } = await filesAt(given);
  for (const mistake of mistakes) {
    const { file, line, column, message } = mistake;
    io.out(values.json === true ? JSON.stringify(mistake) : `${file}:${line}:${column}: ${message}`);
  }
  if (mistakes.length > 0) return 1;
  const count = tenants.reduce((sum, { statements }) => sum + statements.length, 0);
  if (values.json !== true) io.out(`no mistakes in ${count} ${count === 1 ? 'entry' : 'entries'}`);
  return 0;
};

const named = ({ kind, id }: Pick<PolicyChange, 'kind' | 'id'>, tenantId: string | null): string =>
  `${kind} ${id}${tenantId === null ? '' : `  (tenant ${tenantId})`}`;

const line = ({ kind, id, value }: PolicyChange, tenantId: string | null): string =>
  `${value === null ? '-' : '+'} ${named({ kind, id }, tenantId)}`;

function tell(
  changed: readonly { readonly tenantId: string | null; readonly changes: readonly PolicyChange[] }[],
  io: Io,
  json: boolean,
): void {
  for (const { tenantId, changes } of changed)
    for (const change of changes)
      io.out(json ? JSON.stringify({ tenantId, ...change }) : line(change, tenantId));
}

/** Shows what applying the files would change; exit code 1 when they differ from the stored policies. */
export const diffPolicies: Run = async (args, io) => {
  const { values, given } = readArguments(args, ['file …'], CHANGING);
  const files = await filesAt(given);
  if (files.mistakes.length > 0) throw refusal(files.mistakes);
  return withStore(values, io, async (store) => {
    const planned = await plannedChanges(await targetOf(store, values), files);
    tell(planned, io, values.json === true);
    for (const { tenantId, kept } of planned) {
      for (const entry of kept.slice(0, MOST_KEPT))
        io.err(`stays, given through the API: ${named(entry, tenantId)}`);
      if (kept.length > MOST_KEPT)
        io.err(`and ${kept.length - MOST_KEPT} more: policy export has all of them`);
    }
    return planned.every(({ changes }) => changes.length === 0) ? 0 : 1;
  });
};

/** Makes what the files say the policies in force. */
export const applyPolicies: Run = async (args, io) => {
  const { values, given } = readArguments(args, ['file …'], { ...CHANGING, reason: { type: 'string' } });
  const files = await filesAt(given);
  if (files.mistakes.length > 0) throw refusal(files.mistakes);
  return withStore(values, io, async (store) => {
    const by = { userName: account(), reason: values.reason };
    const onApplied = tellApplied(store, io, values.json === true);
    const applied = await applyFiles(await targetOf(store, values), files, by, onApplied);
    return done(applied, io, values.json === true);
  });
};

/** Records and prints each version as soon as it is made: another tenant's may fail afterwards. */
const tellApplied =
  (store: Store, io: Io, json: boolean): OnApplied =>
  async (made) => {
    const { tenantId, version, changes } = made;
    tell([made], io, json);
    await record(store, 'policies', String(version), {
      ...(tenantId !== null && { tenantId }),
      after: { version, count: changes.length, ...(tenantId !== null && { tenant: tenantId }) },
    });
  };

function done(applied: readonly Applied[], io: Io, json: boolean): number {
  if (applied.length === 0 && !json) io.out('nothing to change');
  return 0;
}

/** Frees what comes from policy files: it stays, and is changed through the API from now on. */
export const releasePolicies: Run = (args, io) => {
  const { values } = readArguments(args, [], { ...JSON_OPTION, reason: { type: 'string' } });
  return withStore(values, io, async (store) => {
    const { reason = 'released from policy files' } = values;
    const by = { userName: account(), reason };
    const onApplied = tellApplied(store, io, values.json === true);
    const released = await releaseFiles({ store, book: storedPolicies(store) }, by, onApplied);
    return done(released, io, values.json === true);
  });
};

/** Prints the policies of one tenant, or of rows without one, as a policy file. */
export const exportPolicies: Run = (args, io) => {
  const { values } = readArguments(args, [], {
    ...OF_TENANT,
    version: { type: 'string' },
    output: { type: 'string' },
  });
  const { version, output } = values;
  const tenant = tenantIn(values);
  if (version !== undefined && !/^\d{1,15}$/.test(version))
    throw new UsageError('--version needs the number of a version');
  return withStore(values, io, async (store) => {
    const book = storedPolicies(store);
    const { set: newest } = await book.current(tenant);
    if (version !== undefined && Number(version) > newest.version)
      throw new NotDone(`There is no version ${version}; the newest is ${newest.version}`);
    const set = version === undefined ? newest : await book.at(tenant, Number(version));
    const text = printPolicyFile(set, tenant);
    if (output === undefined) io.out(text.trimEnd());
    else writeFileSync(output, text, { flag: 'wx' });
    return 0;
  });
};

/** Lists versions, the newest first. */
export const policyHistory: Run = (args, io) => {
  const { values } = readArguments(args, [], { ...OF_TENANT, ...JSON_OPTION });
  const tenant = tenantIn(values);
  return withStore(values, io, async (store) => {
    const found = await store.policies.versions(tenant, {
      newestFirst: true,
      limit: MOST_VERSIONS,
    });
    if (values.json === true)
      for (const { parts: _where, ...version } of found) io.out(JSON.stringify(version));
    else {
      const rows = found.map(({ version, time, userName, source, count, reason = '' }) => [
        String(version),
        minute(time),
        userName,
        source,
        String(count),
        reason,
      ]);
      for (const row of table(['version', 'time', 'by', 'from', 'entries', 'reason'], rows)) io.out(row);
    }
    return 0;
  });
};
