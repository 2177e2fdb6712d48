import { ObjectId } from 'bson';
import { deriveGuard } from '../../dist/esm/engine/model/derive.js';
import { makeInstance } from '../documents.mjs';
import { createRandom, oneOf } from '../random.mjs';
import { RARE, SMALL_TENANT, VIEWER } from '../store/fill.mjs';

const PEOPLE = [VIEWER.userName, ...Array.from({ length: 19 }, (_, i) => `person-${i}`)];
const GROUPS = [VIEWER.userGroups[0], ...Array.from({ length: 19 }, (_, i) => `group-${i}`)];
const SPREAD = 2_654_435_761;
const FEW = 60;
const FAR = new Date(Date.UTC(2090, 0, 1));
const PAST = new Date(Date.UTC(2020, 0, 1));
/** One instance in so many has a timer that waits, is overdue or has fired, a message to wait for, a caller. */
const EVERY = { timer: 50, overdue: 500, fired: 55, message: 40, called: 100 };

const pad = (number) => String(number).padStart(6, '0');
export const idOf = (number) => `instance-${pad(number)}`;
/** The number of the instance that has this id, or an item with this id. */
export const numberOf = (id) => Number(/^instance-(\d+)/.exec(id)?.[1] ?? -1);
export const objectId = (number) => new ObjectId(number.toString(16).padStart(24, '0'));
export const numberOfObjectId = (id) => Number.parseInt(String(id), 16);

const event = (instance, seq, fields) => ({
  ...instance.items[0],
  id: `${instance.id}-item-${seq}`,
  seq,
  type: 'bpmn:IntermediateCatchEvent',
  ...fields,
});

function extra(number, instance) {
  if (instance.status === 'end') return [];
  if (number % EVERY.overdue === 2) return [event(instance, 5, { status: 'wait', timeDue: PAST })];
  if (number % EVERY.timer === 2) return [event(instance, 5, { status: 'wait', timeDue: FAR })];
  if (number % EVERY.fired === 3) return [event(instance, 5, { status: 'end', timeDue: instance.saved })];
  if (number % EVERY.message === 4)
    return [event(instance, 5, { status: 'wait', messageId: `message-${number % 997}` })];
  // It waits for the next one, whose caller it is.
  if (number % EVERY.called === 5) return [event(instance, 5, { status: 'wait', type: 'bpmn:CallActivity' })];
  return [];
}

/** The instances of a store of a given size. Each is created on request, always with the same content. */
export function population(count) {
  const every = Math.max(3, Math.floor(count / FEW));
  return function instance(number) {
    const random = createRandom((number * SPREAD) >>> 0);
    const startedBy = oneOf(random, PEOPLE.slice(1));
    const task =
      number % every === 0
        ? { assignee: RARE.userName }
        : random() < 0.5
          ? { assignee: oneOf(random, PEOPLE) }
          : { candidateGroups: [oneOf(random, GROUPS)] };
    const made =
      number % every === 1
        ? makeInstance({
            number,
            startedBy: 'tim',
            logLines: 0,
            tenantId: SMALL_TENANT,
            task: { assignee: 'tim' },
          })
        : makeInstance({
            number,
            startedBy,
            logLines: 0,
            ended: number % every !== 0 && random() < 0.25,
            task,
          });
    const { logs: _logs, source: _source, svg: _svg, ...rest } = made;
    const document = { _id: objectId(number), ...rest };
    document.items = [...document.items, ...extra(number, document)];
    if (number % EVERY.called === 6 && instance(number - 1).status !== 'end')
      document.parentItemId = `${idOf(number - 1)}-item-5`;
    deriveGuard(document, document.guard);
    return document;
  };
}
