/** Names in the painted desk (desk-scene.ts). */
export const SCENE = {
  hot: 'f1hotaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaahotx',
  frozen: 'f1escrowaaaaaaaaaaaaaaaaaaaaaaaaaaaaafrozx',
  overdue: 'scene-loan-overdue',
  offered: 'scene-loan-offered',
  returned: 'scene-loan-returned',
} as const;
