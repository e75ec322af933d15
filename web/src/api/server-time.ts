import { hearTabs, tellTabs } from './tabs.ts'

/** Other tabs hear of a use at most this often. */
const tellEveryMs = 5000
const state = { skewMs: 0, lastUseMs: Date.now(), toldMs: 0 }

hearTabs((told) => {
  if (told === 'used') state.lastUseMs = Date.now()
})

/** Remembers how far this machine's clock is from the server's, from an answer's Date header (whole seconds). */
export function noteServerTime(date: string | null): void {
  const ms = date ? Date.parse(date) : NaN
  if (!Number.isNaN(ms) && Math.abs(ms - Date.now()) > 2000) state.skewMs = ms - Date.now()
}

/** The server's clock now, in milliseconds since 1970, good to a second or two. */
export function serverNowMs(): number {
  return Date.now() + state.skewMs
}

/** Remembers that the session was used now: an answer came, or audio played. The browser's other tabs hear of it. */
export function noteUse(): void {
  const now = Date.now()
  state.lastUseMs = now
  if (now - state.toldMs < tellEveryMs) return
  state.toldMs = now
  tellTabs('used')
}

/** When the session was last used in any tab of this browser, on this machine's clock. */
export function lastUseMs(): number {
  return state.lastUseMs
}
