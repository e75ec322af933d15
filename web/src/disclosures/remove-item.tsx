import { useState } from 'react'
import { Button } from '../controls/button.tsx'
import { Confirm } from '../controls/confirm.tsx'
import { Failure } from '../controls/failure.tsx'
import { useLanguage } from '../language/use-words.ts'

/** Names the item, for screen readers. */
export function ItemSuffix({ item }: { item: number }) {
  const { t } = useLanguage()
  return <span className="visually-hidden">: {t('disclosures.item', { item })}</span>
}

/** Removes an item from a disclosure, after a confirmation. */
export function RemoveItem({
  item,
  what,
  isBusy,
  error,
  onDo,
}: {
  item: number
  /** Effect on its recording. */
  what: string
  isBusy: boolean
  error: unknown
  onDo: () => void
}) {
  const { t } = useLanguage()
  const [isConfirming, setConfirming] = useState(false)
  return (
    <>
      <Button kind="quiet" isBusy={isBusy} onPress={() => setConfirming(true)}>
        {t('disclosures.item.drop')}
        <ItemSuffix item={item} />
      </Button>
      {error != null && <Failure error={error} />}
      <Confirm
        title={t('disclosures.item.drop.sure', { item })}
        doLabel={t('disclosures.item.drop')}
        isOpen={isConfirming}
        onClose={() => setConfirming(false)}
        onDo={onDo}
      >
        <p>{what}</p>
      </Confirm>
    </>
  )
}
