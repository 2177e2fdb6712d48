import { ADMIN_USER, refusal } from '../../../support/guards.js';
import { end, model, start, task } from '../../../support/models.js';
import { RULES, STORIES, type Stage } from './stage.js';

const FORBIDDEN = { code: 'forbidden' };
const NOT_FOUND = { code: 'not-found' };

/** The models of the stories, and one that everybody may view. */
export const STORY_MODELS = {
  ...STORIES,
  'Got Mail': model([
    start({ candidateGroups: 'Writer' }),
    task('read_mail', { candidateGroups: 'Writer' }),
    end(),
  ]),
};
/** The rules of the stories, and that of `Got Mail`. */
export const STORY_RULES = `${RULES}mail: Allow all to View on process "Got Mail"\n`;

/** Declares the stories; each begins on an empty stage. */
export function tellStories(stage: () => Promise<Stage>): void {
  test('Expense Claim: an employee starts it and follows it; an approver and a reviewer, who are others, work on it', async () => {
    const on = await stage();
    const claim = { amount: 12, category: 'meals', spentOn: '2030-01-02', purpose: 'lunch' };
    expect(await refusal(on.start('rosa', 'Expense Claim', claim))).toMatchObject(NOT_FOUND);
    const id = await on.start('max', 'Expense Claim', claim);
    expect(await on.labels(id)).toEqual({ Claimant: ['max'] });
    // Max is a manager too, and must not approve their own claim; as its claimant he sees all of it.
    expect(await on.seers('task_approve_claim')).toEqual(['max', 'mona']);
    const approve = await on.task('task_approve_claim', id);
    expect(await refusal(on.as('max').tasks.take(approve.id))).toMatchObject(FORBIDDEN);
    await on.perform('mona', 'task_approve_claim', id, { approved: true });
    expect(await on.seers('task_review')).toEqual(['max', 'rosa']);
    expect((await on.as('max').data.findItems({ id })).map(({ elementId }) => elementId)).toEqual(
      expect.arrayContaining(['start_claim', 'task_approve_claim', 'task_review']),
    );
    expect(await on.as('emma').data.findInstances({ id })).toEqual([]);
    await on.perform('rosa', 'task_review', id, { paidAmount: 12 });
    expect(await on.labels(id)).toEqual({ Claimant: ['max'], Approver: ['mona'], Reviewer: ['rosa'] });
  });

  test('Order Pizza: staff of that store bake and deliver, its manager assigns, head office re-assigns in any store', async () => {
    const on = await stage();
    const north = await on.start('hungry', 'Order Pizza', { pizza: 'funghi', store: 'north' });
    expect(await on.labels(north)).toEqual({ Owner: ['hungry'] });
    expect(await on.seers('task_bake')).toEqual(['hungry', 'nora', 'niels', 'norman', 'hilda']);
    const { id } = await on.task('task_bake', north);
    expect(await refusal(on.as('hungry').tasks.take(id))).toMatchObject(FORBIDDEN);
    expect(await refusal(on.as('sofia').tasks.take(id))).toMatchObject(NOT_FOUND);
    expect(await on.as('sofia').data.findInstances({ id: north })).toEqual([]);
    // Head office re-assigns what is assigned, and the manager assigns what is not.
    expect(await refusal(on.as('hilda').tasks.assign(id, 'nora'))).toMatchObject(FORBIDDEN);
    expect(await refusal(on.as('simon').tasks.assign(id, 'nora'))).toMatchObject(NOT_FOUND);
    expect(await refusal(on.as('norman').tasks.assign(id, 'sofia'))).toMatchObject(FORBIDDEN);
    await on.as('norman').tasks.assign(id, 'nora');
    expect(await refusal(on.as('norman').tasks.assign(id, 'niels'))).toMatchObject(FORBIDDEN);
    await on.as('hilda').tasks.assign(id, 'niels');
    await on.as('niels').tasks.complete(id, { oven: 'left' });
    await on.perform('nora', 'task_deliver', north);
    const south = await on.start('nora', 'Order Pizza', { pizza: 'funghi', store: 'south' });
    expect(await on.offered('sofia')).toEqual(['task_bake']);
    // She ordered it, follows it, and works in another store.
    expect(await refusal(on.as('nora').tasks.take((await on.task('task_bake', south)).id))).toMatchObject(
      FORBIDDEN,
    );
    // Everyone views Got Mail, and still only writers start it.
    const mail = await on.start('walt', 'Got Mail');
    expect(await on.as('hungry').data.findInstances({ id: mail })).toHaveLength(1);
    expect(await on.seers('read_mail')).toHaveLength(17);
    expect(await refusal(on.start('hungry', 'Got Mail'))).toMatchObject(FORBIDDEN);
  });

  test('Edit Article: nobody reviews their own article, one researcher helps, and only the author corrects', async () => {
    const on = await stage();
    expect(await refusal(on.start('walt', 'Edit Article', { topic: 'science' }))).toMatchObject(FORBIDDEN);
    expect(await refusal(on.start('walt', 'Edit Article'))).toMatchObject(FORBIDDEN);
    const starts = await on.as('walt').model.findStartEvents({});
    expect(starts.map(({ modelName }) => modelName)).toContain('Edit Article');
    const id = await on.start('willa', 'Edit Article', { topic: 'science', title: 'Why' });
    expect(await on.seers('edit_article')).toEqual(['willa', 'rita', 'ron']);
    await on.perform('rita', 'edit_article', id, { ready: false });
    // There is one researcher.
    expect(await on.seers('edit_article')).toEqual(['willa', 'rita']);
    await on.perform('willa', 'edit_article', id, { ready: true });
    expect(await on.labels(id)).toEqual({ Author: ['willa'], Researcher: ['rita'] });
    // Willa is a senior writer of that expertise too, but the author; Sam knows nothing of science.
    expect(await on.seers('review_article')).toEqual(['sue']);
    expect(await on.as('willa').data.findItems({ 'items.elementId': 'review_article' })).toEqual([]);
    const review = await on.task('review_article', id);
    expect(await refusal(on.as('willa').tasks.take(review.id))).toMatchObject(NOT_FOUND);
    const { tasks } = on.guard.as(ADMIN_USER);
    expect(await refusal(tasks.assign(review.id, 'willa'))).toMatchObject(FORBIDDEN);
    await on.perform('sue', 'review_article', id, { accepted: false });
    expect(await on.seers('make_corrections')).toEqual(['willa']);
    await on.perform('willa', 'make_corrections', id);
    await on.perform('sue', 'review_article', id, { accepted: true });
    expect((await on.guard.store.instances.load(id))?.status).toBe('end');
  });
}
