import type { CopyRecogniser } from '#use/disclosure/copies/recognise-copy.ts'
import type { CopyRenderer } from '#use/disclosure/copies/render-copy.ts'
import type { CopyEditor } from '#use/disclosure/copies/edit-copy.ts'
import type { CustodianHandlers } from './custodian-server.ts'

/** Returns the handlers of requests about anonymised copies, by path. Audio is not among them (`playCopy`). */
export function anonymisedCopyHandlers(
  editor: CopyEditor,
  renderer: Pick<CopyRenderer, 'render'>,
  recogniser: Pick<CopyRecogniser, 'recognise'>,
): CustodianHandlers['jsonHandlers'] {
  return {
    '/anonymised-copies/read': editor.read,
    '/anonymised-copies/save': editor.save,
    '/anonymised-copies/propose': editor.propose,
    '/anonymised-copies/recognise': recogniser.recognise,
    '/anonymised-copies/render': renderer.render,
  }
}
