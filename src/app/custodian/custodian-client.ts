import type { CopyHearings, HearingAsked, HearingOver } from '#use/disclosure/copies/hear-copy.ts'
import type { CopyRecogniser } from '#use/disclosure/copies/recognise-copy.ts'
import type { CopyRenderer } from '#use/disclosure/copies/render-copy.ts'
import type { CopyWorker } from '#use/disclosure/copies/work-on-copy.ts'
import type { Over } from '#use/playback/listening-now.ts'
import type { AudioAsked } from '#use/playback/serve-audio.ts'
import type { PackageFetching } from '#use/disclosure/packages/fetch-package.ts'
import type { PackageMaker } from '#use/disclosure/packages/make-package.ts'
import type { CopyFetching } from '#use/requests/acts/fetch-copy.ts'
import type { CopyMaker } from '#use/requests/acts/make-copy.ts'
import type { SecondFactors } from '#safeguards/sign-in/second-factor.ts'
import { readVerifierKey, type VerifierKey } from '#safeguards/audit/note.ts'
import type { Blocker } from '#platform/blockers/blockers.ts'
import type { IdentityProvider } from '#safeguards/sign-in/identity-provider.ts'
import type { Passkeys } from '#safeguards/sign-in/passkeys.ts'
import type { Peaks } from '../http/contract/schemas.ts'
import type { DraftAsked, TriedDraft } from './try-draft.ts'
import type { ConnectionPool, CustodianTransport } from './custodian-transport.ts'

/** The desk's requests to the custodian: ranges of a listening, counts for a draft; none by a recording's id. */
export interface CustodianClient {
  audio(asked: AudioAsked, gone?: AbortSignal): Promise<ServedAudio | Over | 'out-of-range' | 'too-fast'>
  peaks(asked: { session: string; listening: string }): Promise<Peaks | Over>
  /** Announces a listening whose first range will be requested. */
  prepare(asked: { session: string; listening: string }): Promise<void>
  tryDraft(asked: DraftAsked): Promise<TriedDraft | 'refused' | 'unreadable'>
  secondFactors: SecondFactors
  passkeys: Passkeys
  identityProvider: IdentityProvider
  /** Copies on request: made in a clerk's session, downloaded with the link. */
  copies: Pick<CopyMaker, 'make'> & CopyFetching
  /** Packages: made in the decision maker's session, downloaded with the link. */
  packages: Pick<PackageMaker, 'make'> & PackageFetching
  /** Anonymised copies: words and audio, in the session of the preparer or listener. */
  anonymisedCopies: CopyWorker & Pick<CopyRenderer, 'render'> & Pick<CopyRecogniser, 'recognise'> & CopyHearings
  /** The custodian's blockers; undefined if it does not answer in time. */
  blockers(withinMs: number): Promise<Blocker[] | undefined>
  /** The audit log's key, which signs proofs; `unknown` if the custodian has not answered yet. */
  logKey(): Promise<VerifierKey | 'unknown'>
  alive(): Promise<boolean>
}

export interface ServedAudio {
  bytes: Buffer
  /** Offset of the first byte in the whole WAV. */
  from: number
  totalBytes: number
}

const answerMs = 10_000
interface AskOptions {
  signal?: AbortSignal | undefined
  pool?: ConnectionPool
  timeout?: number
}

/** A page or a health check waits for it at most once. */
const keyMs = 1_000
/** Timeout for finding speech in a call of hours. */
const wholeCallMs = 60_000

/** Connects to the custodian, wherever it is. Requests throw if it does not answer. */
export function connectCustodian(way: CustodianTransport): CustodianClient {
  function ask(
    path: string,
    body: unknown,
    { signal, pool = 'questions', timeout = answerMs }: AskOptions = {},
  ): Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }> {
    return new Promise((resolve, reject) => {
      const outgoing = way.request(
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

  async function question<Answer>(path: string, asked: unknown, timeout = answerMs): Promise<Answer> {
    const { status, body } = await ask(path, asked, { timeout })
    if (status !== 200) throw new Error(`the custodian answered ${status}`)
    return JSON.parse(body.toString('utf8')) as Answer
  }

  async function sound<End>(path: string, asked: unknown, signal: AbortSignal | undefined) {
    const { status, headers, body } = await ask(path, asked, { signal, pool: 'listeners' })
    if (status === 404) return JSON.parse(body.toString('utf8')) as End
    if (status === 416) return 'out-of-range'
    if (status === 429) return 'too-fast'
    if (status !== 200) throw new Error(`the custodian answered ${status}`)
    return { bytes: body, from: Number(headers['seloste-from']), totalBytes: Number(headers['seloste-total']) }
  }

  const blockers: CustodianClient['blockers'] = (withinMs) =>
    ask('/blockers', {}, { timeout: withinMs }).then(
      ({ status, body }) => {
        way.report(status === 200 ? undefined : { status })
        return status === 200 ? (JSON.parse(body.toString('utf8')) as Blocker[]) : undefined
      },
      (error: unknown) => {
        way.report(error as Error)
        return undefined
      },
    )

  let known: VerifierKey | undefined
  async function logKey(): Promise<VerifierKey | 'unknown'> {
    known ??= await question<{ key?: string }>('/log-key', {}, keyMs).then(
      ({ key = '' }) => readVerifierKey(key),
      () => undefined,
    )
    return known ?? 'unknown'
  }

  return {
    audio: (asked, signal) => sound<Over>('/audio', asked, signal),
    async peaks(asked) {
      const { status, body } = await ask('/peaks', asked)
      if (status !== 200 && status !== 404) throw new Error(`the custodian answered ${status}`)
      return JSON.parse(body.toString('utf8')) as Peaks | Over
    },
    async prepare(asked) {
      await ask('/prepare', asked)
    },
    async tryDraft(asked) {
      const { status, body } = await ask('/try-draft', asked)
      if (status === 404) return 'refused'
      if (status === 422) return 'unreadable'
      if (status !== 200) throw new Error(`the custodian answered ${status}`)
      return JSON.parse(body.toString('utf8')) as TriedDraft
    },
    secondFactors: {
      give: (asked) => question('/second-factor/give', asked),
      beginTotp: (asked) => question('/second-factor/begin-totp', asked),
      confirmTotp: (asked) => question('/second-factor/confirm-totp', asked),
      removeTotp: (asked) => question('/second-factor/remove-totp', asked),
      proveAgain: (asked) => question('/second-factor/prove-again', asked),
      renewRecoveryCodes: (asked) => question('/second-factor/renew-recovery-codes', asked),
    },
    passkeys: {
      askSignIn: () => question('/passkeys/ask-sign-in', {}),
      signIn: (asked) => question('/passkeys/sign-in', asked),
      askSecondFactor: (asked) => question('/passkeys/ask-second-factor', asked),
      giveSecondFactor: (asked) => question('/passkeys/give-second-factor', asked),
      askConfirmation: (asked) => question('/passkeys/ask-confirmation', asked),
      confirm: (asked) => question('/passkeys/confirm', asked),
      askAddition: (asked) => question('/passkeys/ask-addition', asked),
      add: (asked) => question('/passkeys/add', asked),
      remove: (asked) => question('/passkeys/remove', asked),
    },
    identityProvider: {
      begin: (asked) => question('/identity-provider/begin', asked),
      finish: (asked) => question('/identity-provider/finish', asked),
      signOutUrl: (asked) => question('/identity-provider/sign-out-url', asked),
    },
    copies: {
      make: (asked) => question('/copies/make', asked),
      behind: (asked) => question('/copies/behind', asked),
      begin: (asked) => question('/copies/begin', asked),
      piece: (asked) => question('/copies/piece', asked),
      taken: (asked) => question('/copies/taken', asked),
      broke: (asked) => question('/copies/broke', asked),
    },
    packages: {
      make: (asked) => question('/packages/make', asked),
      behind: (asked) => question('/packages/behind', asked),
      begin: (asked) => question('/packages/begin', asked),
      beginSave: (asked) => question('/packages/begin-save', asked),
      piece: (asked) => question('/packages/piece', asked),
      taken: (asked) => question('/packages/taken', asked),
      broke: (asked) => question('/packages/broke', asked),
    },
    anonymisedCopies: {
      read: (asked) => question('/anonymised-copies/read', asked, wholeCallMs),
      save: (asked) => question('/anonymised-copies/save', asked),
      propose: (asked) => question('/anonymised-copies/propose', asked, wholeCallMs),
      recognise: (asked) => question('/anonymised-copies/recognise', asked),
      render: (asked) => question('/anonymised-copies/render', asked, wholeCallMs),
      audio: (asked: HearingAsked, signal) => sound<{ over: HearingOver }>('/anonymised-copies/audio', asked, signal),
    },
    blockers,
    logKey,
    alive: async () => (await blockers(answerMs)) !== undefined,
  }
}
