import { AccessDenied, BadInput } from '../../core/errors.js';
import { own } from '../../core/path.js';
import type { Facts } from '../../core/policy.js';
import { show } from '../../core/value.js';
import type { StoredInstance } from '../../store/port.js';
import type { Data } from '../contract/types.js';
import type { HostModels } from '../execution/host-models.js';
import { initiatorsOf, overwritten } from '../model/model-facts.js';
import type { Call } from './call.js';

/** The part of the data to which a token's input is added, as a path. */
function partOf({ tokens = [] }: StoredInstance, tokenId: unknown): string {
  const path = own(
    tokens.find((token) => own(token, 'id') === tokenId),
    'dataPath',
  );
  return tokenId === undefined || typeof path !== 'string' || path === '' ? '' : `${path}.`;
}

/**
 * Refuses input of a caller that would change the initiator, or a field that is hidden from the caller.
 * @param tokenId of the item to whose part of the data it is added; missing: to the data of the instance
 * @throws BadInput `protected-variable`; AccessDenied `forbidden`
 */
export async function assertInput(
  models: HostModels,
  call: Call,
  instance: StoredInstance,
  data: Data,
  tokenId?: unknown,
): Promise<void> {
  const part = partOf(instance, tokenId);
  call.assertWritable(
    instance,
    Object.keys(data).map((key) => (key.startsWith('vars.') ? key.slice('vars.'.length) : part + key)),
  );
  // Afterwards: whether a value is that of the initiator says what a hidden field has.
  await protectInitiator(models, instance, data);
}

const ADD_DATA: Facts = Object.freeze({ caseOperation: 'ADD_DATA' });

/**
 * Refuses data that comes to a case with an event or a restart, if adding data is for roles that the caller does not
 * hold. Whoever completes a task may add its data.
 * @throws AccessDenied `forbidden`; CouldNotTell
 */
export function assertMayAddData(call: Call, instance: StoredInstance, data: Data): void {
  if (Object.keys(data).length === 0 || instance.guard?.caseRoles === undefined) return;
  if (call.against('instance:data', { instance }, ADD_DATA).rules.includes('case-roles/operation'))
    throw new AccessDenied(
      'forbidden',
      'You may not send data to this case (ADD_DATA): it is for roles of the case that you do not hold.',
    );
}

/** Input must not change the initiator. Setting the same value again is not a change. */
async function protectInitiator(models: HostModels, instance: StoredInstance, data: Data): Promise<void> {
  if (Object.keys(data).length === 0) return;
  const known = instance.guard?.initiators as string[] | undefined;
  const names =
    known ??
    initiatorsOf(
      await models.definition(
        instance.name ?? '',
        (instance.source as string | undefined) ?? (await models.getSource(instance.name)),
      ),
    );
  const [name] = overwritten(names, data, instance.data as Data | undefined);
  if (name !== undefined)
    throw new BadInput(
      'protected-variable',
      `The variable ${show(name)} holds the initiator and cannot be set.`,
    );
}
