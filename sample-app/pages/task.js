import { dataList, stateBadge, time } from '../web/format.js';
import { html } from '../web/html.js';
import { buttonForm, csrfField, page } from '../web/layout.js';
import { formFields } from './form.js';

const addressOf = ({ id }) => `/tasks/${encodeURIComponent(id)}`;
const names = (list) => (list?.length ? list.join(', ') : undefined);

/** Who may do a task that names nobody. */
const NAMES_NOBODY = Object.freeze({
  open: 'everybody',
  suspended: 'nobody, as long as it is suspended',
  starting: 'nobody yet: it is being prepared',
  done: 'nobody any more: it is finished',
});

function whoMayDo({ state, assignee, owner, candidateUsers, candidateGroups, completedBy }) {
  const rows = [
    ['Assigned to', assignee],
    ['Lent by', owner],
    ['Candidates', names(candidateUsers)],
    ['Candidate groups', names(candidateGroups)],
    ['Completed by', completedBy],
  ].filter(([, value]) => value);
  if (rows.length === 0)
    rows.push(['Who may do it', NAMES_NOBODY[state] ?? 'nobody yet: an administrator has to assign it']);
  return html`<dl class="facts">
    ${rows.map(
      ([label, value]) =>
        html`<div>
          <dt>${label}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

const permissions = (actions) =>
  html` <table class="permissions">
    <caption class="hidden">
      What you may do with this task
    </caption>
    <thead>
      <tr>
        <th scope="col">You may</th>
        <th scope="col">Now</th>
        <th scope="col">Because</th>
      </tr>
    </thead>
    <tbody>
      ${actions.map(
        ({ label, meaning, allowed, why }) =>
          html` <tr>
            <th scope="row">${label} <span class="muted">${meaning}</span></th>
            <td><span class="badge ${allowed ? 'yes' : 'no'}">${allowed ? 'yes' : 'no'}</span></td>
            <td>${why}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;

const formOf = (view, task, fields, entered) =>
  html`<section class="card" aria-labelledby="complete">
    <h2 id="complete">${fields.length > 0 ? 'Fill in and complete' : 'Complete'}</h2>
    <form method="post" action="${addressOf(task)}/complete">
      ${csrfField(view)} ${formFields(fields, entered.values, entered.problems)}
      <p><button class="primary">Complete</button></p>
    </form>
  </section>`;

/** The form of a borrowed task, read-only for the borrower, since its owner completes it. */
const lentForm = ({ owner }, fields) =>
  html`<section class="card" aria-labelledby="complete">
    <h2 id="complete">What is to be filled in</h2>
    <p class="notice calm">
      ${owner} has lent you this task. Do your part and give it back: ${owner} fills in the form and completes
      it.
    </p>
    <fieldset class="plain" disabled>${formFields(fields)}</fieldset>
  </section>`;

function completion(view, task, fields, entered, may) {
  if (may.has('complete')) return formOf(view, task, fields, entered);
  const isBorrowed = task.state === 'delegated' && task.assignee === view.user.userName;
  return isBorrowed && fields.length > 0 ? lentForm(task, fields) : '';
}

function handOver(view, task, people, may) {
  return html`<form method="post" action="${addressOf(task)}/assign" class="row">
    ${csrfField(view)}
    <p class="field">
      <label for="to">Hand it to</label
      ><input
        id="to"
        name="to"
        list="people"
        autocomplete="off"
        autocapitalize="none"
        required
        aria-describedby="to-hint"
      />
      <span class="muted" id="to-hint"
        >${people.mayTake.length > 0 ? 'The list shows those who may do it.' : 'The task names nobody else, so the list shows all colleagues.'}</span
      >
    </p>
    <datalist id="people">
      ${people.mayBeGiven.map((name) => html`<option value="${name}"></option>`)}
    </datalist>
    ${may.has('assign') ? html`<button class="secondary">Assign</button>` : ''}
    ${may.has('delegate') ? html`<button class="secondary" formaction="${addressOf(task)}/delegate">Lend</button>` : ''}
  </form>`;
}

/** Shown before the release of a task that nobody else may take. @param alone why nobody else may */
const releaseWarning = (view, task, alone) =>
  html`<section class="card notice-card" aria-labelledby="warning">
    <h2 id="warning">Nobody else may take this task</h2>
    <p class="notice warn" role="alert">${alone}</p>
    <form method="post" action="${addressOf(task)}/release" class="buttons">
      ${csrfField(view)} <input type="hidden" name="confirmed" value="yes" />
      <button class="primary">Release anyway</button>
      <a class="button secondary" href="${addressOf(task)}">Keep it</a>
    </form>
  </section>`;

const dueIn = ({ dueDate }) => (dueDate ? html`<span class="muted">due ${time(dueDate)}</span>` : '');

function sideOf(view, task, actions, people, may) {
  const button = (id, label, kind) =>
    may.has(id) ? buttonForm(view, `${addressOf(task)}/${id}`, label, kind) : '';
  return html`<section class="card" aria-labelledby="who">
      <h2 id="who">Who may do it</h2>
      ${whoMayDo(task)}
      <div class="buttons">
        ${button('take', 'Take', 'primary')}${button('release', 'Release')}${button('resolve', 'Give back')}
      </div>
      ${may.has('assign') || may.has('delegate') ? handOver(view, task, people, may) : ''}
    </section>
    <section class="card" aria-labelledby="rights">
      <h2 id="rights">What you may do, and why</h2>
      ${permissions(actions)}
    </section>`;
}

/**
 * One task: its subject, its form, and who may do what with it.
 * @param entered the submitted values and their problems if the form is shown again: `{values, problems}`
 * @param alone why nobody else may take it; if set, its release must be confirmed
 * @param back the list that the reader came from
 */
export function taskPage(view, { task, forms, actions, people, back, alone, entered = {} }) {
  const may = new Set(actions.filter(({ allowed }) => allowed).map(({ id }) => id));
  return page(
    view,
    task.name,
    html` <p class="lead">
        <a href="${back}">Back to the list</a> ${stateBadge(task.state)}
        <span>${task.processName}</span> ${dueIn(task)}
        <a href="/instances/${encodeURIComponent(task.instanceId)}">Show the whole instance</a>
      </p>
      ${alone === undefined ? '' : releaseWarning(view, task, alone)}
      <div class="columns">
        <div>
          ${completion(view, task, forms.of(task.elementId), entered, may)}
          <section class="card" aria-labelledby="known">
            <h2 id="known">What is known so far</h2>
            ${dataList(task.data, forms.byId)}
          </section>
        </div>
        <div>${sideOf(view, task, actions, people, may)}</div>
      </div>`,
  );
}
