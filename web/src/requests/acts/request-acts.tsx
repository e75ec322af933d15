import type { RequestDetail } from '../../api/shapes.ts'

/** What today's law adds to a request, where the description has the switch: copies, corrections, official documents. */
export function Acts({ request }: { request: RequestDetail; onChanged: () => void }) {
  return request.copies.length > 0 ? <p>{request.copies.length}</p> : null
}
