/** What the 3D view goes along with as time goes on. */
export type FollowMode = 'none' | 'ego' | 'selection';

/** How the views show things: a matter of taste, kept per user. */
export interface ViewSettings {
  readonly showsGrid: boolean;
  readonly showsPath: boolean;
  readonly showsFrusta: boolean;
  readonly follow: FollowMode;
  /** How strongly boxes are drawn over pictures, 0..1. */
  readonly overlayOpacity: number;
  /** How pictures are shown, 1 as they are: dark ones can be looked into. */
  readonly pictureBrightness: number;
  readonly pictureContrast: number;
  /** The cloud's points over the large pictures, coloured by depth. */
  readonly showsPointsInPictures: boolean;
  /** What is pointed at in one view is marked in all others. */
  readonly showsPointerMark: boolean;
  /** The views of the selection show its points of all times, and a view of its own turns about them. */
  readonly showsAggregate: boolean;
  /** The best camera's picture is enlarged about the selected object. */
  readonly zoomsToSelection: boolean;
}

export const DEFAULT_VIEW_SETTINGS: ViewSettings = {
  showsGrid: true,
  showsPath: true,
  showsFrusta: true,
  follow: 'ego',
  overlayOpacity: 1,
  pictureBrightness: 1,
  pictureContrast: 1,
  showsPointsInPictures: false,
  showsPointerMark: true,
  showsAggregate: false,
  zoomsToSelection: true,
};
