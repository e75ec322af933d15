import type { CopyPlaybacks, PlaybackRequest, PlaybackEnd } from '#use/disclosure/copies/play-copy.ts'
import type { CopyRecogniser } from '#use/disclosure/copies/recognise-copy.ts'
import type { CopyRenderer } from '#use/disclosure/copies/render-copy.ts'
import type { CopyEditor } from '#use/disclosure/copies/edit-copy.ts'
import type { ListeningEnd } from '#use/playback/listening-now.ts'
import type { AudioRequest } from '#use/playback/serve-audio.ts'
import type { PackageDownloads } from '#use/disclosure/packages/fetch-package.ts'
import type { PackageMaker } from '#use/disclosure/packages/make-package.ts'
import type { CopyDownloads } from '#use/requests/acts/fetch-copy.ts'
import type { IdentifiedDesk } from '#use/requests/home/identified-desk.ts'
import type { CopyMaker } from '#use/requests/acts/make-copy.ts'
import type { SecondFactors } from '#safeguards/sign-in/second-factor.ts'
import { readVerifierKey, type VerifierKey } from '#safeguards/audit/note.ts'
import type { Blocker } from '#platform/blockers/blockers.ts'
import type { IdentityProvider } from '#safeguards/sign-in/identity-provider.ts'
import type { Passkeys } from '#safeguards/sign-in/passkeys.ts'
import type { Peaks } from '../http/contract/schemas.ts'
import type { DryRunRequest, DryRunCounts } from './dry-run-draft.ts'
import type { ConnectionPool, CustodianTransport } from './custodian-transport.ts'

/** The desk's requests to the custodian. Audio is requested by listening, never by a recording's id. */
export interface CustodianClient {
  audio(request: AudioRequest, signal?: AbortSignal): Promise<ServedAudio | ListeningEnd | 'out-of-range' | 'too-fast'>
  peaks(request: { session: string; listening: string }): Promise<Peaks | ListeningEnd>
  /** Lets the custodian prepare a listening before its first audio range is requested. */
  prepare(request: { session: string; listening: string }): Promise<void>
  tryDraft(request: DryRunRequest): Promise<DryRunCounts | 'refused' | 'unreadable'>
  secondFactors: SecondFactors
  passkeys: Passkeys
  identityProvider: IdentityProvider
  /** Requesters who identify strongly on the public page. */
  home: IdentifiedDesk
  /** Copies on request: made in a clerk's session, and downloaded with a link. */
  copies: Pick<CopyMaker, 'make'> & CopyDownloads
  /** Packages: made in the decision maker's session, and downloaded with a link. */
  packages: Pick<PackageMaker, 'make'> & PackageDownloads
  /** Anonymised copies: transcripts and audio, in the session of the preparer or listener. */
  anonymisedCopies: CopyEditor & Pick<CopyRenderer, 'render'> & Pick<CopyRecogniser, 'recognise'> & CopyPlaybacks
  /** The custodian's blockers; undefined if it does not answer in time. */
  blockers(withinMs: number): Promise<Blocker[] | undefined>
  /** The audit log's key, which signs proofs; `unknown` if the custodian has not answered yet. */
  logKey(): Promise<VerifierKey | 'unknown'>
  /** True if the custodian answers. */
  alive(): Promise<boolean>
}

export interface ServedAudio {
  bytes: Buffer
  /** Offset of the first byte in the whole WAV. */
  from: number
  totalBytes: number
}

const answerMs = 10_000
interface RequestOptions {
  signal?: AbortSignal | undefined
  pool?: ConnectionPool
  timeout?: number
}

/** Timeout for reading the log's key. A page or a health check waits for it at most once. */
const logKeyTimeoutMs = 1_000
/** Timeout for finding speech in a call of hours. */
const speechSearchTimeoutMs = 60_000

/** Creates a client that reaches the custodian over the given transport. Requests throw if the custodian does not answer. */
export function connectCustodian(transport: CustodianTransport): CustodianClient {
  function send(
    path: string,
    body: unknown,
    { signal, pool = 'requests', timeout = answerMs }: RequestOptions = {},
  ): Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }> {
    return new Promise((resolve, reject) => {
      const outgoing = transport.request(
        pool,
        {
          ...{ path, method: 'POST', timeout, ...(signal && { signal }) },
          headers: { 'content-type': 'application/json' },
        },
        (response) => {
          const parts: Buffer[] = []
          response.on('data', (part: Buffer) => parts.push(part))
          response.on('error', reject)
          response.on('end', () => {
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) })
          })
        },
      )
      outgoing.on('timeout', () => outgoing.destroy(new Error('the custodian does not answer')))
      outgoing.on('error', reject)
      outgoing.end(JSON.stringify(body))
    })
  }

  async function requestJson<Answer>(path: string, request: unknown, timeout = answerMs): Promise<Answer> {
    const { status, body } = await send(path, request, { timeout })
    if (status !== 200) throw new Error(`the custodian answered ${status}`)
    return JSON.parse(body.toString('utf8')) as Answer
  }

  async function requestAudio<End>(path: string, request: unknown, signal: AbortSignal | undefined) {
    const { status, headers, body } = await send(path, request, { signal, pool: 'listeners' })
    if (status === 404) return JSON.parse(body.toString('utf8')) as End
    if (status === 416) return 'out-of-range'
    if (status === 429) return 'too-fast'
    if (status !== 200) throw new Error(`the custodian answered ${status}`)
    return { bytes: body, from: Number(headers['seloste-from']), totalBytes: Number(headers['seloste-total']) }
  }

  const blockers: CustodianClient['blockers'] = (withinMs) =>
    send('/blockers', {}, { timeout: withinMs }).then(
      ({ status, body }) => {
        transport.report(status === 200 ? undefined : { status })
        return status === 200 ? (JSON.parse(body.toString('utf8')) as Blocker[]) : undefined
      },
      (error: unknown) => {
        transport.report(error as Error)
        return undefined
      },
    )

  let logVerifierKey: VerifierKey | undefined
  async function logKey(): Promise<VerifierKey | 'unknown'> {
    logVerifierKey ??= await requestJson<{ key?: string }>('/log-key', {}, logKeyTimeoutMs).then(
      ({ key = '' }) => readVerifierKey(key),
      () => undefined,
    )
    return logVerifierKey ?? 'unknown'
  }

  return {
    audio: (request, signal) => requestAudio<ListeningEnd>('/audio', request, signal),
    async peaks(request) {
      const { status, body } = await send('/peaks', request)
      if (status !== 200 && status !== 404) throw new Error(`the custodian answered ${status}`)
      return JSON.parse(body.toString('utf8')) as Peaks | ListeningEnd
    },
    async prepare(request) {
      await send('/prepare', request)
    },
    async tryDraft(request) {
      const { status, body } = await send('/try-draft', request)
      if (status === 404) return 'refused'
      if (status === 422) return 'unreadable'
      if (status !== 200) throw new Error(`the custodian answered ${status}`)
      return JSON.parse(body.toString('utf8')) as DryRunCounts
    },
    secondFactors: {
      give: (request) => requestJson('/second-factor/give', request),
      beginTotp: (request) => requestJson('/second-factor/begin-totp', request),
      confirmTotp: (request) => requestJson('/second-factor/confirm-totp', request),
      removeTotp: (request) => requestJson('/second-factor/remove-totp', request),
      proveAgain: (request) => requestJson('/second-factor/prove-again', request),
      renewRecoveryCodes: (request) => requestJson('/second-factor/renew-recovery-codes', request),
    },
    passkeys: {
      requestSignIn: () => requestJson('/passkeys/ask-sign-in', {}),
      signIn: (request) => requestJson('/passkeys/sign-in', request),
      requestSecondFactor: (request) => requestJson('/passkeys/ask-second-factor', request),
      giveSecondFactor: (request) => requestJson('/passkeys/give-second-factor', request),
      requestConfirmation: (request) => requestJson('/passkeys/ask-confirmation', request),
      confirm: (request) => requestJson('/passkeys/confirm', request),
      requestAddition: (request) => requestJson('/passkeys/ask-addition', request),
      add: (request) => requestJson('/passkeys/add', request),
      remove: (request) => requestJson('/passkeys/remove', request),
    },
    identityProvider: {
      begin: (request) => requestJson('/identity-provider/begin', request),
      finish: (request) => requestJson('/identity-provider/finish', request),
      signOutUrl: (request) => requestJson('/identity-provider/sign-out-url', request),
    },
    home: {
      begin: (request) => requestJson('/home/begin', request),
      finish: (request) => requestJson('/home/finish', request),
      who: (request) => requestJson('/home/who', request),
      send: (request) => requestJson('/home/send', request),
      fetchAnswer: (request) => requestJson('/home/fetch-answer', request),
    },
    copies: {
      make: (request) => requestJson('/copies/make', request),
      languageOfLink: (request) => requestJson('/copies/behind', request),
      begin: (request) => requestJson('/copies/begin', request),
      piece: (request) => requestJson('/copies/piece', request),
      taken: (request) => requestJson('/copies/taken', request),
      releaseLease: (request) => requestJson('/copies/broke', request),
    },
    packages: {
      make: (request) => requestJson('/packages/make', request),
      languageOfLink: (request) => requestJson('/packages/behind', request),
      begin: (request) => requestJson('/packages/begin', request),
      beginSave: (request) => requestJson('/packages/begin-save', request),
      piece: (request) => requestJson('/packages/piece', request),
      taken: (request) => requestJson('/packages/taken', request),
      releaseLease: (request) => requestJson('/packages/broke', request),
    },
    anonymisedCopies: {
      read: (request) => requestJson('/anonymised-copies/read', request, speechSearchTimeoutMs),
      save: (request) => requestJson('/anonymised-copies/save', request),
      propose: (request) => requestJson('/anonymised-copies/propose', request, speechSearchTimeoutMs),
      recognise: (request) => requestJson('/anonymised-copies/recognise', request),
      render: (request) => requestJson('/anonymised-copies/render', request, speechSearchTimeoutMs),
      audio: (request: PlaybackRequest, signal) =>
        requestAudio<{ over: PlaybackEnd }>('/anonymised-copies/audio', request, signal),
    },
    blockers,
    logKey,
    alive: async () => (await blockers(answerMs)) !== undefined,
  }
}
