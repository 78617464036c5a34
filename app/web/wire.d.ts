// What Python sends, written from its TypedDicts by `python -m app.components.wire`. Change those instead.

export interface DrawnTheme {
  theme: "light" | "dark";
}

export interface Gallery {
  tiles: GalleryTile[];
  chosen: string;
  palette: GalleryPalette;
  answered: number;
}

export interface GalleryPalette {
  input: string;
  muted: string;
  grid: string;
}

export interface GalleryPicture {
  drawing: "raster" | "line" | "pixels";
  shape: number[];
  levels: string;
  zero: number;
}

export interface GalleryTile {
  kind: string;
  name: string;
  picture: GalleryPicture | null;
}

export interface Headline {
  number: string;
  unit: string;
  status: string;
  milestone: string;
  action: string;
  answered: number;
}

export interface Plot {
  figure: Record<string, unknown>;
  description: string;
}

export interface Plots {
  plots: Plot[];
  plotly: string;
  scrubs: boolean;
  scrubbed: number | null;
  answered: number;
}

export interface Ribbon {
  stages: Stage[];
  selected: number | null;
  batch: number;
  steps: number;
  folded: boolean;
  answered: number;
}

export interface Shortcuts {
  buttons: Record<string, string>;
}

export interface Stage {
  name: string;
  shape: string | null;
  layer: number | null;
  folded: boolean;
  problem: string | null;
  remedy: string | null;
}
