import { Button } from '../controls/button.tsx'
import type { Me, UnderPurpose } from '../api/shapes.ts'
import { preparesResearch } from '../disclosures/disclosure-shapes.ts'
import { PickForResearch } from '../disclosures/pick-for-research.tsx'
import { useLanguage } from '../language/use-words.ts'
import { plansQuality } from '../quality/quality-shapes.ts'
import { StartCalibration } from '../quality/start-calibration.tsx'
import { PickForTraining } from '../training/pick-for-training.tsx'
import { trains } from '../training/training-shapes.ts'

/** Recordings chosen from rows one by one: there is no way to choose all (R29). */
export interface Picks {
  chosen: readonly string[]
  onPick: (recordingId: string, isChosen: boolean) => void
}

/** Returns true if something can be done with several recordings under this purpose. */
export function picksSeveral(me: Me, { purpose }: UnderPurpose): boolean {
  return (
    (purpose === 'SERVICE_LEVEL_STUDY' && preparesResearch(me)) ||
    (purpose === 'QUALITY' && plansQuality(me)) ||
    (purpose === 'TRAINING' && trains(me))
  )
}

/** Actions on the chosen recordings: adding them to a disclosure for a study, to calibrations, or to a training collection. */
export function PickBar({
  picks: { chosen, onPick },
  me,
  under,
  onClear,
}: {
  picks: Picks
  me: Me
  under: UnderPurpose
  onClear: () => void
}) {
  const { t } = useLanguage()
  const words = t('contacts.pick.chosen', { count: chosen.length })
  const drop = (recordingId: string) => onPick(recordingId, false)
  return (
    <section className={`pick-bar ${chosen.length > 0 ? 'is-chosen' : ''}`} aria-label={t('contacts.pick.title')}>
      <p>{chosen.length === 0 ? t('contacts.pick.none') : words}</p>
      {chosen.length > 0 && (
        <Button kind="link" onPress={onClear}>
          {t('contacts.pick.clear')}
        </Button>
      )}
      {/* Stays mounted without chosen recordings, because it shows or announces the result of the last act. */}
      <div hidden={chosen.length === 0 && under.purpose === 'QUALITY'}>
        {under.purpose === 'QUALITY' && <StartCalibration recordingIds={chosen} when={words} onBegun={drop} />}
        {under.purpose === 'TRAINING' && <PickForTraining recordingIds={chosen} onPicked={drop} />}
        {under.purpose === 'SERVICE_LEVEL_STUDY' && (
          <PickForResearch recordingIds={chosen} me={me} under={under} onPicked={drop} />
        )}
      </div>
    </section>
  )
}
