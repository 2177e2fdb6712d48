import { BadInput } from '../../core/errors.js';
import type { Data, InstanceView } from '../contract/types.js';
import type { Call } from './call.js';
import { asked, type CaseCommands } from './case-commands.js';
import { checkData } from './caller-input.js';
import { assertRunning } from './command-parts.js';
import { assertInput } from './input.js';
import { instanceView } from './views.js';

const ADD_DATA = asked('instance:data', 'ADD_DATA');
const REMOVE_DATA = asked('instance:data', 'REMOVE_DATA');
/** Fields that one call removes, and characters of the name of one. */
const MOST = { names: 1000, text: 500 } as const;

/** The name of a field of the data itself. @throws BadInput `bad-data` */
function assertFieldName(name: unknown): string {
  if (typeof name === 'string' && name !== '') {
    checkData({ [name]: null });
    if (!name.includes('.') && !name.startsWith('$') && name.length <= MOST.text) return name;
  }
  throw new BadInput('bad-data', 'A field of the data is a name without dots that does not begin with $.');
}

/** Changes the data of instances, of cases and others. */
export class CaseData {
  constructor(private readonly commands: CaseCommands) {}

  async set(call: Call, instanceId: unknown, input: unknown): Promise<InstanceView> {
    const data = checkData(input);
    const names = Object.keys(data);
    if (names.length === 0) throw new BadInput('bad-data', 'There is no data to set.');
    for (const name of names) assertFieldName(name);
    const done = await this.commands.changed(
      call,
      instanceId,
      () => ADD_DATA,
      async ({ call: now, instance }) => {
        assertRunning(instance);
        await assertInput(this.commands.parts.models, now, instance, data);
        return { data: { ...(instance.data as Data), ...data }, added: data, result: undefined };
      },
    );
    return instanceView(done.call, done.instance);
  }

  async remove(call: Call, instanceId: unknown, given: unknown): Promise<InstanceView> {
    if (!Array.isArray(given) || given.length === 0 || given.length > MOST.names)
      throw new BadInput('bad-data', `The fields to remove must be a list of 1 to ${MOST.names} names.`);
    const names = Array.from(given as unknown[], assertFieldName);
    const done = await this.commands.changed(
      call,
      instanceId,
      () => REMOVE_DATA,
      async ({ call: now, instance }) => {
        assertRunning(instance);
        const removed = Object.fromEntries(names.map((name) => [name, undefined]));
        await assertInput(this.commands.parts.models, now, instance, removed);
        const kept = Object.entries((instance.data ?? {}) as Data).filter(([name]) => !names.includes(name));
        return { data: Object.fromEntries(kept), result: undefined };
      },
    );
    return instanceView(done.call, done.instance);
  }
}
