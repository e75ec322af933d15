import { lazy, Suspense, type ComponentProps } from 'react'

const ConfirmDialog = lazy(async () => ({ default: (await import('./confirm-dialog.tsx')).ConfirmDialog }))

/** Confirmation of an act that cannot be undone; loaded when it opens. */
export function Confirm({ isOpen, ...dialog }: { isOpen: boolean } & ComponentProps<typeof ConfirmDialog>) {
  return <Suspense>{isOpen && <ConfirmDialog {...dialog} />}</Suspense>
}
