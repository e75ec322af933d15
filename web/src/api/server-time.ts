import { listenToTabs, notifyTabs } from './tabs.ts'

/** Minimum interval between use messages to other tabs. */
const reportEveryMs = 5000
const state = { skewMs: 0, lastUseMs: Date.now(), notifiedMs: 0 }

listenToTabs((message) => {
  if (message === 'used') state.lastUseMs = Date.now()
})

/** Stores the offset of this machine's clock to the server's, from an answer's Date header (whole seconds). */
export function recordServerTime(date: string | null): void {
  const ms = date ? Date.parse(date) : NaN
  if (!Number.isNaN(ms) && Math.abs(ms - Date.now()) > 2000) state.skewMs = ms - Date.now()
}

/** Returns the server's time in ms since 1970, accurate to a second or two. */
export function serverNowMs(): number {
  return Date.now() + state.skewMs
}

/** Records a use of the session: an answer arrived, or audio played. Notifies the browser's other tabs. */
export function recordUse(): void {
  const now = Date.now()
  state.lastUseMs = now
  if (now - state.notifiedMs < reportEveryMs) return
  state.notifiedMs = now
  notifyTabs('used')
}

/** Returns when the session was last used in any tab of this browser, by this machine's clock. */
export function lastUseMs(): number {
  return state.lastUseMs
}
