import { every, type EveryOptions } from '#platform/jobs/every.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { Log } from '#platform/log/log.ts'
import type { Pace } from '#register/recordings/pace.ts'
import type { AnonymisedCopyStore } from '#register/recordings/anonymised-copies.ts'
import { createOriginalAnalyser } from '#use/disclosure/copies/analyse-original.ts'
import { createCopyPlaybacks, endExpiredPlaybacks, type CopyPlaybacks } from '#use/disclosure/copies/play-copy.ts'
import { createCopyRecogniser } from '#use/disclosure/copies/recognise-copy.ts'
import { createCopyRenderer, endUnfinishedRenderings } from '#use/disclosure/copies/render-copy.ts'
import { createCopyEditor, missingOf, type CopyEditorOptions } from '#use/disclosure/copies/edit-copy.ts'
import { anonymisedCopyHandlers } from '../anonymised-copy-handlers.ts'
import type { CustodianHandlers } from '../custodian-server.ts'
import type { Versions } from '../../roles/follow-versions.ts'
import { openVoiceEngines, type OpenVoiceEngines } from '../voice-engines.ts'

const checkMs = 1_000

export interface AnonymisedCopies {
  jsonHandlers: CustodianHandlers['jsonHandlers']
  playbacks: CopyPlaybacks
  /** Stops renderings; unfinished ones fail. */
  stop: () => Promise<void>
}

/**
 * Handles anonymised copies in the custodian: encrypts and decrypts their transcripts, renders one at a time, serves playback,
 * and removes changed, rejected and expired ones (R33).
 * @param given `enginesFile` is SELOSTE_ENGINES; `engines` and `pace` are set by benches and tests only
 */
export async function startAnonymisedCopies(
  {
    store,
    pool,
    versions,
    clock,
    log,
  }: {
    store: AnonymisedCopyStore
    pool: EveryOptions['pool']
    versions: Versions
    clock: Clock
    log: Log
  },
  given: { engines?: OpenVoiceEngines; enginesFile?: string | undefined; pace?: Pace } = {},
): Promise<AnonymisedCopies> {
  const { ended, files } = await endUnfinishedRenderings(store)
  if (ended + files > 0)
    log.warn(
      { copies: ended, files },
      'failed the anonymised copies that were being rendered when the custodian exited',
    )
  const engines = given.engines ?? (await openVoiceEngines(given.enginesFile))
  for (const { code, message } of engines.faults)
    log.error(
      { code },
      `a voice engine is disabled: ${message} Everything else works; see docs/formats/voice-process.md`,
    )
  for (const { code, message } of engines.warnings)
    log.warn({ code }, `a voice engine is not fully isolated: ${message} See docs/operate/install.md`)
  const analyser = createOriginalAnalyser(store)
  const recogniser = createCopyRecogniser({
    store,
    recogniser: engines.recogniser,
    isAllowed: () => versions.at(clock.now()).description.switches.transcripts === 'research',
    onFault: (error, copy) => {
      log.error({ err: error, copy }, 'speech recognition of a copy failed; its preparer is shown this')
    },
  })
  const editorOptions: CopyEditorOptions = {
    store,
    engines,
    analyser,
    recogniser,
    progressOf: (copy) => renderer.progressOf(copy),
    onSaved: (copy) => renderer.discard(copy),
    isPseudonymisedAllowed() {
      const { disclosure, switches } = versions.at(clock.now()).description
      return disclosure.pseudonymised === true && switches.researchTreatAsPersonal
    },
  }
  const renderer = createCopyRenderer({
    store,
    engines,
    missingOf: (prepared) => missingOf(editorOptions, prepared),
    onFault: (error, copy) => {
      log.error({ err: error, copy }, 'cannot render an anonymised copy; its preparer is shown this')
    },
  })
  const checking = every({
    pool,
    intervalMs: checkMs,
    lockName: 'seloste.anonymised-copies',
    work: async () => {
      const hearings = await endExpiredPlaybacks(store)
      const removed = await renderer.tidy()
      await recogniser.tidy()
      if (hearings + removed > 0)
        log.info({ hearings, removed }, 'ended expired listening checks and audio of anonymised copies')
    },
    onError: (error) => {
      log.error({ err: error }, 'cannot delete expired anonymised copies; they cannot be played anyway')
    },
  })
  return {
    jsonHandlers: anonymisedCopyHandlers(createCopyEditor(editorOptions), renderer, recogniser),
    playbacks: createCopyPlaybacks(store, given.pace),
    async stop() {
      await checking.stop()
      // Stopping the thread interrupts a running synthesis.
      const stopping = Promise.all([renderer.stop(), recogniser.stop()])
      await engines.stop()
      await analyser.stop()
      await stopping
    },
  }
}
