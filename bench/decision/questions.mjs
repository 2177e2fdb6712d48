import { SecureUser } from 'bpmn-guard';
import { normalise } from '../../dist/esm/store/bson/codec.js';
import { makeInstance } from '../documents.mjs';
import { createRandom, oneOf, someOf } from '../random.mjs';

const OPERATIONS = ['task:read', 'task:read', 'task:execute', 'task:take'];
const DEPARTMENTS = Array.from({ length: 40 }, (_, i) => `department-${i}`);
const TENANTS = ['acme', 'globex', null];

function makePeople(random, count) {
  return Array.from({ length: count }, (_, i) => {
    const userGroups = someOf(random, DEPARTMENTS, Math.floor(random() * 5));
    if (i % 50 === 0) userGroups.push('ADMIN');
    return { userName: `user-${i}`, userGroups, tenantId: TENANTS[i % TENANTS.length] };
  });
}

const namesOf = (people) => people.map((person) => person.userName);

/** How the model assigned the task: to an assignee, candidates, nobody, everybody. */
function makeTask(random, people) {
  const kind = random();
  if (kind < 0.1) return { type: 'bpmn:IntermediateCatchEvent' };
  if (kind < 0.5) return { assignee: oneOf(random, people).userName };
  if (kind < 0.65) return { candidateUsers: namesOf(someOf(random, people, 3)) };
  if (kind < 0.9) return { candidateGroups: someOf(random, DEPARTMENTS, 2) };
  return kind < 0.95 ? {} : { open: true };
}

/** An instance as a store gives it, with its last item as the one in question. */
function makeResource(random, people, number) {
  const starter = oneOf(random, people);
  const colleagues = people.filter((person) => person.tenantId === starter.tenantId);
  const {
    logs: _logs,
    source: _source,
    ...made
  } = makeInstance({
    number,
    tenantId: starter.tenantId,
    startedBy: starter.userName,
    task: makeTask(random, colleagues),
  });
  const instance = normalise(made);
  return { item: instance.items.at(-1), instance, colleagues };
}

/** The people concerned by the task: those who may have it, and the starter of the instance. */
function concerned({ item, instance, colleagues }) {
  const names = [item.assignee, ...(item.candidateUsers ?? []), instance.guard.startedBy];
  return colleagues.filter(
    (person) =>
      names.includes(person.userName) ||
      (item.candidateGroups ?? []).some((group) => person.userGroups.includes(group)),
  );
}

/**
 * Mostly somebody whom the task concerns, as one who sees a list and acts on an entry of it; else a colleague
 * or a stranger.
 */
function whoAsks(random, people, resource) {
  const kind = random();
  if (kind < 0.6) return oneOf(random, concerned(resource));
  return oneOf(random, kind < 0.85 ? resource.colleagues : people);
}

/**
 * Questions "may this principal do this to this task": many distinct principals, tasks of every kind, permits and
 * refusals. `user` is the plain object, `principal` the guard's value of the same person.
 */
export function makeQuestions(count, { people: howManyPeople, resources: howManyResources }) {
  const random = createRandom(4);
  const people = makePeople(random, howManyPeople);
  const principals = new Map(people.map((user) => [user, new SecureUser(user)]));
  const resources = Array.from({ length: howManyResources }, (_, number) =>
    makeResource(random, people, number),
  );
  return Array.from({ length: count }, () => {
    const asked = oneOf(random, resources);
    const user = whoAsks(random, people, asked);
    return {
      user,
      principal: principals.get(user),
      operation: oneOf(random, OPERATIONS),
      resource: { item: asked.item, instance: asked.instance },
    };
  });
}
