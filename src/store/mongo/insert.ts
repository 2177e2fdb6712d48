import type { Collection, Document } from 'mongodb';
import { isDuplicate } from './failure.js';

/** Inserts a document; false if a unique index already has its values. */
export async function inserted(into: Collection<Document>, document: Document): Promise<boolean> {
  try {
    await into.insertOne(document);
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}
