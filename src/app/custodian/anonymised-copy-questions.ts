import type { CopyRecogniser } from '#use/disclosure/copies/recognise-copy.ts'
import type { CopyRenderer } from '#use/disclosure/copies/render-copy.ts'
import type { CopyWorker } from '#use/disclosure/copies/work-on-copy.ts'
import type { CustodianAnswers } from './custodian-server.ts'

/** The questions of anonymised copies that the custodian answers, by their paths; their sound has a path of its own. */
export function anonymisedCopyQuestions(
  worker: CopyWorker,
  renderer: Pick<CopyRenderer, 'render'>,
  recogniser: Pick<CopyRecogniser, 'recognise'>,
): CustodianAnswers['questions'] {
  return {
    '/anonymised-copies/read': worker.read,
    '/anonymised-copies/save': worker.save,
    '/anonymised-copies/propose': worker.propose,
    '/anonymised-copies/recognise': recogniser.recognise,
    '/anonymised-copies/render': renderer.render,
  }
}
