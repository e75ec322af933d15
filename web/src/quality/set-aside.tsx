import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { $api } from '../api/client.ts'
import { RadioCards } from '../controls/radio-cards.tsx'
import { ActStep } from '../controls/step.tsx'
import { useLanguage } from '../language/use-words.ts'

const reasons = ['too-close', 'unsuitable'] as const

/** Returns an evaluation to the queue, or sets it aside for good. */
export function SetAside({ id }: { id: string }) {
  const { t } = useLanguage()
  const navigate = useNavigate()
  const aside = $api.useMutation('post', '/api/quality/evaluations/{id}/setting-aside')
  const [why, setWhy] = useState<(typeof reasons)[number]>('too-close')
  return (
    <ActStep
      open={t('quality.aside')}
      submit={t('quality.aside.do')}
      act={aside}
      request={() => ({ params: { path: { id } }, body: { why } })}
      onDone={({ isFollowed }) =>
        navigate({
          to: '/quality',
          search: { aside: isFollowed === undefined ? 'back' : isFollowed ? 'followed' : 'alone' },
        })
      }
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
    </ActStep>
  )
}
