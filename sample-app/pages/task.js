import { dataList, stateBadge, time } from '../web/format.js';
import { html } from '../web/html.js';
import { buttonForm, csrfField, page } from '../web/layout.js';
import { formFields } from './form.js';

const names = (list) => (list?.length ? list.join(', ') : undefined);

function whoMayDo({ state, assignee, owner, candidateUsers, candidateGroups, completedBy }) {
  const rows = [
    ['Assigned to', assignee],
    ['Lent by', owner],
    ['Candidates', names(candidateUsers)],
    ['Candidate groups', names(candidateGroups)],
    ['Completed by', completedBy],
  ].filter(([, value]) => value);
  if (rows.length === 0)
    rows.push([
      'Who may do it',
      state === 'open' ? 'everybody' : 'nobody yet: an administrator has to assign it',
    ]);
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

function completion(view, task, fields, entered) {
  return html`<section class="card" aria-labelledby="complete">
    <h2 id="complete">${fields.length > 0 ? 'Fill in and complete' : 'Complete'}</h2>
    <form method="post" action="/tasks/${encodeURIComponent(task.id)}/complete">
      ${csrfField(view)} ${formFields(fields, entered.values, entered.problems)}
      <p><button class="primary">Complete</button></p>
    </form>
  </section>`;
}

function handOver(view, task, people, may) {
  return html`<form method="post" action="/tasks/${encodeURIComponent(task.id)}/assign" class="row">
    ${csrfField(view)}
    <p class="field">
      <label for="to">Hand it to</label
      ><input id="to" name="to" list="people" autocomplete="off" autocapitalize="none" required />
    </p>
    <datalist id="people">${people.map((name) => html`<option value="${name}"></option>`)}</datalist>
    ${may.has('assign') ? html`<button class="secondary">Assign</button>` : ''}
    ${may.has('delegate') ? html`<button class="secondary" formaction="/tasks/${encodeURIComponent(task.id)}/delegate">Lend</button>` : ''}
  </form>`;
}

/**
 * One task: what it is about, its form, and who may do what with it.
 * @param entered what was sent and is wrong, when the form comes back: `{values, problems}`
 */
export function taskPage(view, { task, forms, actions, people, entered = {} }) {
  const may = new Set(actions.filter(({ allowed }) => allowed).map(({ id }) => id));
  const button = (id, label, kind) =>
    may.has(id) ? buttonForm(view, `/tasks/${encodeURIComponent(task.id)}/${id}`, label, kind) : '';
  return page(
    view,
    task.name,
    html` <p class="lead">
        ${stateBadge(task.state)} <span>${task.processName}</span>
        ${task.dueDate ? html`<span class="muted">due ${time(task.dueDate)}</span>` : ''}
        <a href="/instances/${encodeURIComponent(task.instanceId)}">Show the whole instance</a>
      </p>
      <div class="columns">
        <div>
          ${may.has('complete') ? completion(view, task, forms.of(task.elementId), entered) : ''}
          <section class="card" aria-labelledby="known">
            <h2 id="known">What is known so far</h2>
            ${dataList(task.data, forms.byId)}
          </section>
        </div>
        <div>
          <section class="card" aria-labelledby="who">
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
          </section>
        </div>
      </div>`,
  );
}
