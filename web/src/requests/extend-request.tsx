import { useState } from 'react'
import { $api } from '../api/client.ts'
import type { RequestDetail } from '../api/shapes.ts'
import { Choice } from '../controls/choice.tsx'
import { ActStep } from '../controls/step.tsx'
import { useLanguage } from '../language/use-words.ts'
import type { Done } from './steps.ts'

const reasons = ['COMPLEX', 'MANY'] as const

/** Extends the deadline, once, for one of the two possible reasons (GDPR 12(3)). */
export function ExtendRequest({ request, onDone }: { request: RequestDetail; onDone: Done }) {
  const { t } = useLanguage()
  const extend = $api.useMutation('post', '/api/requests/{id}/extension')
  const [months, setMonths] = useState<1 | 2>(1)
  const [reason, setReason] = useState<(typeof reasons)[number]>('COMPLEX')
  return (
    <ActStep
      open={t('requests.request.extend')}
      submit={t('requests.request.extend.do')}
      act={extend}
      request={() => ({ params: { path: { id: request.id } }, body: { months, reason } })}
      onDone={() => onDone(t('requests.request.extend.done'), 'request-facts')}
    >
      <p>{t('requests.request.extend.what')}</p>
      <Choice
        label={t('requests.request.extend.months')}
        options={(request.party === 'OUTSIDER' ? [1] : [1, 2]).map((count) => ({
          value: String(count),
          label: t('requests.request.extend.month', { count }),
        }))}
        value={String(months)}
        onChange={(value) => setMonths(value === '2' ? 2 : 1)}
      />
      <Choice
        label={t('requests.request.extend.reason')}
        options={reasons.map((value) => ({ value, label: t(`requests.request.extend.${value}`) }))}
        value={reason}
        onChange={(value) => setReason(value as (typeof reasons)[number])}
      />
    </ActStep>
  )
}
