/** The live page at /. */
import { adoptPage } from "../style/base.ts";
import "./page.ts";
import { largeType } from "./style.ts";

adoptPage(document);
document.adoptedStyleSheets.push(largeType.styleSheet!);
