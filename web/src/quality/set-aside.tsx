import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { $api } from '../api/client.ts'
import { RadioCards } from '../controls/radio-cards.tsx'
import { Step } from '../controls/step.tsx'
import { finishRequest } from '../disclosures/finish-request.ts'
import { useLanguage } from '../language/use-words.ts'

const reasons = ['too-close', 'unsuitable'] as const

/** Returns an evaluation to the queue, or sets it aside for good. */
export function SetAside({ id }: { id: string }) {
  const { t } = useLanguage()
  const navigate = useNavigate()
  const aside = $api.useMutation('post', '/api/quality/evaluations/{id}/setting-aside')
  const [why, setWhy] = useState<(typeof reasons)[number]>('too-close')
  return (
    <Step
      open={t('quality.aside')}
      submit={t('quality.aside.do')}
      isBusy={aside.isPending}
      error={aside.error}
      onSubmit={() => {
        const request = aside.mutateAsync({ params: { path: { id } }, body: { why } })
        return finishRequest(request, async () => {
          const { isFollowed } = await request
          await navigate({
            to: '/quality',
            search: { aside: isFollowed === undefined ? 'back' : isFollowed ? 'followed' : 'alone' },
          })
        })
      }}
    >
      <RadioCards
        label={t('quality.aside.why')}
        options={reasons.map((value) => ({
          value,
          label: t(`quality.aside.${value}`),
          detail: t(`quality.aside.${value}.what`),
        }))}
        value={why}
        onChange={(value) => setWhy(reasons.find((one) => one === value) ?? 'too-close')}
      />
    </Step>
  )
}
