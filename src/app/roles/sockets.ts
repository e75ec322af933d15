import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Settings } from '#platform/config/settings.ts'

const longestPathBytes = 100

/** Path of a unix socket of this installation: in the data folder, or where that is too long a path, in the temporary one. */
export function socketPath(settings: Pick<Settings, 'dataDirectory'>, name: string): string {
  const inData = join(settings.dataDirectory, `${name}.sock`)
  if (Buffer.byteLength(inData) <= longestPathBytes) return inData
  const folder = createHash('sha256').update(settings.dataDirectory).digest('hex').slice(0, 16)
  return join(tmpdir(), `seloste-${folder}-${name}.sock`)
}
