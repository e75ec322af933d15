import type { Settings } from '#platform/config/settings.ts'
import { openDirectoryStore } from '#platform/objects/directory-store.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'

export interface RegisterObjects extends ObjectStore {
  /**
   * Makes sure that what is deleted there is gone, and removes what a crash left of uploads; of a folder that is known.
   * @throws ObjectFault `object-store-keeps`, `object-store-away`, `object-store-refuses`
   */
  assertForgets: () => Promise<void>
  /** Removes what was sent of files that are not whole there: nothing in a folder. For a store that nobody uses any more. */
  forgetUploads: () => Promise<void>
}

/** The store of sealed recordings that OBJECTS_URL names. Of a bucket nothing is asked before its first use. @throws ObjectFault */
export async function openObjects({ objects }: Pick<Settings, 'objects'>): Promise<RegisterObjects> {
  // Read where there is a bucket alone: the library for it is more than the rest of a process.
  if (objects.kind === 's3') return (await import('#platform/objects/s3-store.ts')).openS3Store(objects)
  const store = await openDirectoryStore(objects.folder)
  return { ...store, assertForgets: () => Promise.resolve(), forgetUploads: () => Promise.resolve() }
}
