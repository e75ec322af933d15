import type { Me } from '../api/shapes.ts'
import { useLanguage } from '../language/use-words.ts'
import type { ResearchDetail } from './disclosure-shapes.ts'
import { Packages } from './packages.tsx'
import { researchHeading, researchStepState } from './research-steps.ts'
import { StepFrame } from './step-frame.tsx'
import { useInstitutes } from './use-disclosures.ts'

/** Release: one encrypted package of the decided items. */
export function Release({ disclosure, me, onChanged }: { disclosure: ResearchDetail; me: Me; onChanged: () => void }) {
  const { t } = useLanguage()
  const { id, number, institute, packages, may, decision, lacks } = disclosure
  const institutes = useInstitutes(may.release ? me : undefined)
  const known = institutes.data?.items.find((one) => one.id === institute.id)
  const state = researchStepState('release', disclosure)
  const isLacking = lacks.some(({ what }) => what !== 'release')
  return (
    <StepFrame heading={researchHeading('release')} title={t('disclosures.step.research.release')} state={state}>
      {packages.length === 0 && !may.release && (
        <p className="request-note">{t(decision ? 'disclosures.release.others' : 'disclosures.release.after')}</p>
      )}
      {(packages.length > 0 || may.release) && (
        <Packages
          disclosureRef={{ kind: 'research', id }}
          number={number}
          packages={packages}
          mayRelease={may.release}
          blocker={
            isLacking
              ? t('disclosures.release.missing')
              : known?.isBlocked
                ? t('error.research.institute-blocked')
                : undefined
          }
          hasKey={known?.recipient !== undefined}
          me={me}
          onChanged={onChanged}
        />
      )}
    </StepFrame>
  )
}
