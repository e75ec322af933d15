import { Link } from '@tanstack/react-router'
import type { UnderPurpose } from '../api/shapes.ts'
import { useLanguage } from '../language/use-words.ts'
import { servedRequest } from './served-request.ts'

/** Link to the request that is being served: prohibitions are entered there, on its requester's behalf. */
export function ForbidAtRequest({ under }: { under: UnderPurpose }) {
  const { t } = useLanguage()
  const request = servedRequest(under)
  if (!request) return null
  return (
    <p>
      {t('requests.prohibition.at')}{' '}
      <Link to="/requests/$id" params={{ id: request.id }} className="nowrap">
        {t('requests.request.title', { number: request.number })}
      </Link>
    </p>
  )
}
