import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { OpenedRecording } from './index-recording.ts'
import { bodyKey, indexKey } from './objects.ts'
import { openPayload } from '#platform/age/open-stream.ts'
import { openIndex, type RecordingIndex } from './recording-index.ts'

/** Opens a recording's body in the object store; the last chunk is opened first and proves the length. */
export async function openRecordingBody(
  objects: ObjectStore,
  id: string,
  fileKey: Uint8Array,
): Promise<OpenedRecording> {
  const key = bodyKey(id)
  return openPayload(fileKey, await objects.sizeBytes(key), (position, length) =>
    objects.readRange(key, position, position + length),
  )
}

/** Opens an ingested recording's index. */
export async function openRecordingIndex(
  objects: ObjectStore,
  id: string,
  fileKey: Uint8Array,
): Promise<RecordingIndex> {
  const key = indexKey(id)
  return openIndex(fileKey, await objects.readRange(key, 0, await objects.sizeBytes(key)))
}
