import { join } from 'node:path'
import { holdCalls, type HeldCalls } from '#capture/session/recovery/hold-calls.ts'
import type { Settings } from '#platform/config/settings.ts'

/** Where capture writes down the sessions that go on. */
export function heldSessionsFolder({ dataDirectory }: Pick<Settings, 'dataDirectory'>): string {
  return join(dataDirectory, 'capture', 'sessions')
}

/**
 * Opens the ports of the calls that the capture before was recording, before the rest of the program is read: until then a
 * client's packets are lost, and from then on they wait (K1).
 */
export function holdRunningCalls(settings: Pick<Settings, 'dataDirectory' | 'rtp'>): Promise<HeldCalls> {
  return holdCalls(heldSessionsFolder(settings), settings.rtp.host, Date.now())
}
