/** Language and theme: the browser's, until somebody switches. */
import { en, type Messages } from "./en.ts";
import { zh } from "./zh.ts";

export const LANGUAGES = { en, zh } as const;
export type Language = keyof typeof LANGUAGES;
export type Theme = "light" | "dark";

const NAMES = ["language", "theme"] as const;
type Name = (typeof NAMES)[number];

/** A page from disk may be refused a memory: then a choice lasts as long as the page. */
function remembered(name: Name): string | null {
  try {
    return localStorage.getItem(`qkv.${name}`);
  } catch {
    return null;
  }
}

function remember(name: Name, value: string) {
  try {
    localStorage.setItem(`qkv.${name}`, value);
  } catch {
    return;
  }
}

function browsersLanguage(): Language {
  const known = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  return (known.find((tag) => tag in LANGUAGES) as Language | undefined) ?? "en";
}

/** Says `change` when language, theme or the medium (screen, paper) is another. */
class Preferences extends EventTarget {
  private readonly darkness = matchMedia("(prefers-color-scheme: dark)");
  private readonly paper = matchMedia("print");
  private chosenTheme = remembered("theme") as Theme | null;
  private chosenLanguage = remembered("language") as Language | null;

  constructor() {
    super();
    this.darkness.addEventListener("change", () => this.changed());
    this.paper.addEventListener("change", () => this.changed());
    this.apply();
  }

  get language(): Language {
    const chosen = this.chosenLanguage;
    return chosen && chosen in LANGUAGES ? chosen : browsersLanguage();
  }

  get text(): Messages {
    return LANGUAGES[this.language];
  }

  /** What is drawn with: paper is always light. */
  get theme(): Theme {
    return this.paper.matches ? "light" : this.screenTheme;
  }

  get screenTheme(): Theme {
    return this.chosenTheme ?? (this.darkness.matches ? "dark" : "light");
  }

  choose(language: Language, theme: Theme) {
    if (language !== this.language) {
      this.chosenLanguage = language;
      remember("language", language);
    }
    if (theme !== this.screenTheme) {
      this.chosenTheme = theme;
      remember("theme", theme);
    }
    this.changed();
  }

  private changed() {
    this.apply();
    this.dispatchEvent(new Event("change"));
  }

  private apply() {
    document.documentElement.lang = this.language === "zh" ? "zh-Hans" : "en";
    document.documentElement.dataset.theme = this.screenTheme;
  }
}

export const preferences = new Preferences();
