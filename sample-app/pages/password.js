import { html } from '../web/html.js';

const problemId = (name) => `${name}-problem`;

/** A password input with its problem. The entered value is never sent back. */
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

/** The input for a new password, named `password`. */
export const newPassword = ({ label = 'New password', problem } = {}) =>
  passwordField('password', label, {
    autocomplete: 'new-password',
    hint: 'At least 8 characters; several words are a good choice.',
    problem,
  });
