import { html } from '../web/html.js';

const problemId = (name) => `${name}-problem`;

/** An input for a password, with what is wrong with what was entered. What was entered never comes back. */
export function passwordField(name, label, { autocomplete, problem, hint }) {
  const about = [hint && `${name}-hint`, problem && problemId(name)].filter(Boolean).join(' ');
  return html`<p class="field">
    <label for="${name}">${label}</label>
    <input
      id="${name}"
      name="${name}"
      type="password"
      autocomplete="${autocomplete}"
      required${about ? html` aria-describedby="${about}"` : ''}${problem ? html` aria-invalid="true"` : ''}
    />
    ${hint ? html`<span class="muted" id="${name}-hint">${hint}</span>` : ''}
    ${problem ? html`<span class="problem" id="${problemId(name)}" role="alert">${problem}</span>` : ''}
  </p>`;
}

/** The input for a new password, called `password`. */
export const newPassword = ({ label = 'New password', problem } = {}) =>
  passwordField('password', label, {
    autocomplete: 'new-password',
    hint: 'At least 8 characters; a few words make a good one.',
    problem,
  });
