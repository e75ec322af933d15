import { every, type EveryOptions } from '#platform/jobs/every.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { Log } from '#platform/log/log.ts'
import type { Pace } from '#register/recordings/pace.ts'
import type { AnonymisedCopyStore } from '#register/recordings/anonymised-copies.ts'
import { createOriginalAnalyser } from '#use/disclosure/copies/analyse-original.ts'
import { createCopyHearings, endExpiredPlaybacks, type CopyHearings } from '#use/disclosure/copies/play-copy.ts'
import { createCopyRecogniser } from '#use/disclosure/copies/recognise-copy.ts'
import { createCopyRenderer, endUnfinishedRenderings } from '#use/disclosure/copies/render-copy.ts'
import { createCopyWorker, missingOf, type CopyWorking } from '#use/disclosure/copies/work-on-copy.ts'
import { anonymisedCopyQuestions } from '../anonymised-copy-questions.ts'
import type { CustodianAnswers } from '../custodian-server.ts'
import type { Versions } from '../../roles/follow-versions.ts'
import { openVoiceEngines, type OpenVoiceEngines } from '../voice-engines.ts'

const checkMs = 1_000

export interface AnonymisedCopies {
  questions: CustodianAnswers['questions']
  hearings: CopyHearings
  /** Stops renderings; unfinished ones fail. */
  stop: () => Promise<void>
}

/**
 * Anonymised copies in the custodian: seals and opens their words, renders one at a time, serves hearings, and removes changed,
 * rejected and expired ones (R33).
 * @param given engines and pace of benches and tests
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
      'anonymised copies that were being rendered when the custodian ended have failed',
    )
  const engines = given.engines ?? (await openVoiceEngines(given.enginesFile))
  for (const { code, message } of engines.faults)
    log.error(
      { code },
      `an engine is not offered, everything else goes on; ${message} See docs/formats/voice-process.md`,
    )
  for (const { code, message } of engines.warnings)
    log.warn({ code }, `an engine of the agency is less apart than it could be; ${message} See docs/operate/install.md`)
  const analyser = createOriginalAnalyser(store)
  const recogniser = createCopyRecogniser({
    store,
    recogniser: engines.recogniser,
    onFault: (error, copy) => {
      log.error({ err: error, copy }, 'the words of a copy could not be recognised; its preparer sees it')
    },
  })
  const working: CopyWorking = {
    store,
    engines,
    analyser,
    recogniser,
    progressOf: (copy) => renderer.progressOf(copy),
    onSaved: (copy) => renderer.changed(copy),
    isPseudonymisedAllowed() {
      const { disclosure, switches } = versions.at(clock.now()).description
      return disclosure.pseudonymised === true && switches.researchTreatAsPersonal
    },
  }
  const renderer = createCopyRenderer({
    store,
    engines,
    missingOf: (prepared) => missingOf(working, prepared),
    onFault: (error, copy) => {
      log.error({ err: error, copy }, 'an anonymised copy could not be rendered; its preparer sees it')
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
      if (hearings + removed > 0) log.info({ hearings, removed }, 'hearings or sounds of anonymised copies have ended')
    },
    onError: (error) => {
      log.error({ err: error }, 'anonymised copies that are over could not be removed; nobody hears them all the same')
    },
  })
  return {
    questions: anonymisedCopyQuestions(createCopyWorker(working), renderer, recogniser),
    hearings: createCopyHearings(store, given.pace),
    async stop() {
      await checking.stop()
      // Synthesis ends with its thread.
      const stopping = Promise.all([renderer.stop(), recogniser.stop()])
      await engines.stop()
      await analyser.stop()
      await stopping
    },
  }
}
