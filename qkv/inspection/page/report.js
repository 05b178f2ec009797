"use strict";(()=>{var ps=Object.defineProperty;var us=Object.getOwnPropertyDescriptor;var p=(s,t,e,r)=>{for(var n=r>1?void 0:r?us(t,e):t,i=s.length-1,o;i>=0;i--)(o=s[i])&&(n=(r?o(t,e,n):o(n))||n);return r&&n&&ps(t,e,n),n};var Ge=globalThis,We=Ge.ShadowRoot&&(Ge.ShadyCSS===void 0||Ge.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,ct=Symbol(),Ut=new WeakMap,ke=class{constructor(t,e,r){if(this._$cssResult$=!0,r!==ct)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=t,this.t=e}get styleSheet(){let t=this.o,e=this.t;if(We&&t===void 0){let r=e!==void 0&&e.length===1;r&&(t=Ut.get(e)),t===void 0&&((this.o=t=new CSSStyleSheet).replaceSync(this.cssText),r&&Ut.set(e,t))}return t}toString(){return this.cssText}},Gt=s=>new ke(typeof s=="string"?s:s+"",void 0,ct),w=(s,...t)=>{let e=s.length===1?s[0]:t.reduce((r,n,i)=>r+(o=>{if(o._$cssResult$===!0)return o.cssText;if(typeof o=="number")return o;throw Error("Value passed to 'css' function must be a 'css' function result: "+o+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(n)+s[i+1],s[0]);return new ke(e,s,ct)},Wt=(s,t)=>{if(We)s.adoptedStyleSheets=t.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let e of t){let r=document.createElement("style"),n=Ge.litNonce;n!==void 0&&r.setAttribute("nonce",n),r.textContent=e.cssText,s.appendChild(r)}},ht=We?s=>s:s=>s instanceof CSSStyleSheet?(t=>{let e="";for(let r of t.cssRules)e+=r.cssText;return Gt(e)})(s):s;var{is:ds,defineProperty:ms,getOwnPropertyDescriptor:fs,getOwnPropertyNames:gs,getOwnPropertySymbols:vs,getPrototypeOf:ys}=Object,ze=globalThis,zt=ze.trustedTypes,ws=zt?zt.emptyScript:"",bs=ze.reactiveElementPolyfillSupport,Ae=(s,t)=>s,Ee={toAttribute(s,t){switch(t){case Boolean:s=s?ws:null;break;case Object:case Array:s=s==null?s:JSON.stringify(s)}return s},fromAttribute(s,t){let e=s;switch(t){case Boolean:e=s!==null;break;case Number:e=s===null?null:Number(s);break;case Object:case Array:try{e=JSON.parse(s)}catch{e=null}}return e}},je=(s,t)=>!ds(s,t),jt={attribute:!0,type:String,converter:Ee,reflect:!1,useDefault:!1,hasChanged:je};Symbol.metadata??=Symbol("metadata"),ze.litPropertyMetadata??=new WeakMap;var H=class extends HTMLElement{static addInitializer(t){this._$Ei(),(this.l??=[]).push(t)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(t,e=jt){if(e.state&&(e.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(t)&&((e=Object.create(e)).wrapped=!0),this.elementProperties.set(t,e),!e.noAccessor){let r=Symbol(),n=this.getPropertyDescriptor(t,r,e);n!==void 0&&ms(this.prototype,t,n)}}static getPropertyDescriptor(t,e,r){let{get:n,set:i}=fs(this.prototype,t)??{get(){return this[e]},set(o){this[e]=o}};return{get:n,set(o){let a=n?.call(this);i?.call(this,o),this.requestUpdate(t,a,r)},configurable:!0,enumerable:!0}}static getPropertyOptions(t){return this.elementProperties.get(t)??jt}static _$Ei(){if(this.hasOwnProperty(Ae("elementProperties")))return;let t=ys(this);t.finalize(),t.l!==void 0&&(this.l=[...t.l]),this.elementProperties=new Map(t.elementProperties)}static finalize(){if(this.hasOwnProperty(Ae("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(Ae("properties"))){let e=this.properties,r=[...gs(e),...vs(e)];for(let n of r)this.createProperty(n,e[n])}let t=this[Symbol.metadata];if(t!==null){let e=litPropertyMetadata.get(t);if(e!==void 0)for(let[r,n]of e)this.elementProperties.set(r,n)}this._$Eh=new Map;for(let[e,r]of this.elementProperties){let n=this._$Eu(e,r);n!==void 0&&this._$Eh.set(n,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(t){let e=[];if(Array.isArray(t)){let r=new Set(t.flat(1/0).reverse());for(let n of r)e.unshift(ht(n))}else t!==void 0&&e.push(ht(t));return e}static _$Eu(t,e){let r=e.attribute;return r===!1?void 0:typeof r=="string"?r:typeof t=="string"?t.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(t=>this.enableUpdating=t),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(t=>t(this))}addController(t){(this._$EO??=new Set).add(t),this.renderRoot!==void 0&&this.isConnected&&t.hostConnected?.()}removeController(t){this._$EO?.delete(t)}_$E_(){let t=new Map,e=this.constructor.elementProperties;for(let r of e.keys())this.hasOwnProperty(r)&&(t.set(r,this[r]),delete this[r]);t.size>0&&(this._$Ep=t)}createRenderRoot(){let t=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return Wt(t,this.constructor.elementStyles),t}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(t=>t.hostConnected?.())}enableUpdating(t){}disconnectedCallback(){this._$EO?.forEach(t=>t.hostDisconnected?.())}attributeChangedCallback(t,e,r){this._$AK(t,r)}_$ET(t,e){let r=this.constructor.elementProperties.get(t),n=this.constructor._$Eu(t,r);if(n!==void 0&&r.reflect===!0){let i=(r.converter?.toAttribute!==void 0?r.converter:Ee).toAttribute(e,r.type);this._$Em=t,i==null?this.removeAttribute(n):this.setAttribute(n,i),this._$Em=null}}_$AK(t,e){let r=this.constructor,n=r._$Eh.get(t);if(n!==void 0&&this._$Em!==n){let i=r.getPropertyOptions(n),o=typeof i.converter=="function"?{fromAttribute:i.converter}:i.converter?.fromAttribute!==void 0?i.converter:Ee;this._$Em=n;let a=o.fromAttribute(e,i.type);this[n]=a??this._$Ej?.get(n)??a,this._$Em=null}}requestUpdate(t,e,r,n=!1,i){if(t!==void 0){let o=this.constructor;if(n===!1&&(i=this[t]),r??=o.getPropertyOptions(t),!((r.hasChanged??je)(i,e)||r.useDefault&&r.reflect&&i===this._$Ej?.get(t)&&!this.hasAttribute(o._$Eu(t,r))))return;this.C(t,e,r)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(t,e,{useDefault:r,reflect:n,wrapped:i},o){r&&!(this._$Ej??=new Map).has(t)&&(this._$Ej.set(t,o??e??this[t]),i!==!0||o!==void 0)||(this._$AL.has(t)||(this.hasUpdated||r||(e=void 0),this._$AL.set(t,e)),n===!0&&this._$Em!==t&&(this._$Eq??=new Set).add(t))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let t=this.scheduleUpdate();return t!=null&&await t,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[n,i]of this._$Ep)this[n]=i;this._$Ep=void 0}let r=this.constructor.elementProperties;if(r.size>0)for(let[n,i]of r){let{wrapped:o}=i,a=this[n];o!==!0||this._$AL.has(n)||a===void 0||this.C(n,void 0,i,a)}}let t=!1,e=this._$AL;try{t=this.shouldUpdate(e),t?(this.willUpdate(e),this._$EO?.forEach(r=>r.hostUpdate?.()),this.update(e)):this._$EM()}catch(r){throw t=!1,this._$EM(),r}t&&this._$AE(e)}willUpdate(t){}_$AE(t){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(t)),this.updated(t)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(t){return!0}update(t){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(t){}firstUpdated(t){}};H.elementStyles=[],H.shadowRootOptions={mode:"open"},H[Ae("elementProperties")]=new Map,H[Ae("finalized")]=new Map,bs?.({ReactiveElement:H}),(ze.reactiveElementVersions??=[]).push("2.1.2");var vt=globalThis,Vt=s=>s,Ve=vt.trustedTypes,Kt=Ve?Ve.createPolicy("lit-html",{createHTML:s=>s}):void 0,er="$lit$",W=`lit$${Math.random().toFixed(9).slice(2)}$`,tr="?"+W,$s=`<${tr}>`,X=document,Ce=()=>X.createComment(""),Pe=s=>s===null||typeof s!="object"&&typeof s!="function",yt=Array.isArray,xs=s=>yt(s)||typeof s?.[Symbol.iterator]=="function",pt=`[ 	
\f\r]`,Me=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,Jt=/-->/g,Zt=/>/g,Y=RegExp(`>|${pt}(?:([^\\s"'>=/]+)(${pt}*=${pt}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),Yt=/'/g,Qt=/"/g,rr=/^(?:script|style|textarea|title)$/i,wt=s=>(t,...e)=>({_$litType$:s,strings:t,values:e}),d=wt(1),Le=wt(2),Yn=wt(3),ee=Symbol.for("lit-noChange"),y=Symbol.for("lit-nothing"),Xt=new WeakMap,Q=X.createTreeWalker(X,129);function sr(s,t){if(!yt(s)||!s.hasOwnProperty("raw"))throw Error("invalid template strings array");return Kt!==void 0?Kt.createHTML(t):t}var Ss=(s,t)=>{let e=s.length-1,r=[],n,i=t===2?"<svg>":t===3?"<math>":"",o=Me;for(let a=0;a<e;a++){let l=s[a],c,h,u=-1,f=0;for(;f<l.length&&(o.lastIndex=f,h=o.exec(l),h!==null);)f=o.lastIndex,o===Me?h[1]==="!--"?o=Jt:h[1]!==void 0?o=Zt:h[2]!==void 0?(rr.test(h[2])&&(n=RegExp("</"+h[2],"g")),o=Y):h[3]!==void 0&&(o=Y):o===Y?h[0]===">"?(o=n??Me,u=-1):h[1]===void 0?u=-2:(u=o.lastIndex-h[2].length,c=h[1],o=h[3]===void 0?Y:h[3]==='"'?Qt:Yt):o===Qt||o===Yt?o=Y:o===Jt||o===Zt?o=Me:(o=Y,n=void 0);let g=o===Y&&s[a+1].startsWith("/>")?" ":"";i+=o===Me?l+$s:u>=0?(r.push(c),l.slice(0,u)+er+l.slice(u)+W+g):l+W+(u===-2?a:g)}return[sr(s,i+(s[e]||"<?>")+(t===2?"</svg>":t===3?"</math>":"")),r]},_e=class s{constructor({strings:t,_$litType$:e},r){let n;this.parts=[];let i=0,o=0,a=t.length-1,l=this.parts,[c,h]=Ss(t,e);if(this.el=s.createElement(c,r),Q.currentNode=this.el.content,e===2||e===3){let u=this.el.content.firstChild;u.replaceWith(...u.childNodes)}for(;(n=Q.nextNode())!==null&&l.length<a;){if(n.nodeType===1){if(n.hasAttributes())for(let u of n.getAttributeNames())if(u.endsWith(er)){let f=h[o++],g=n.getAttribute(u).split(W),v=/([.?@])?(.*)/.exec(f);l.push({type:1,index:i,name:v[2],strings:g,ctor:v[1]==="."?dt:v[1]==="?"?mt:v[1]==="@"?ft:le}),n.removeAttribute(u)}else u.startsWith(W)&&(l.push({type:6,index:i}),n.removeAttribute(u));if(rr.test(n.tagName)){let u=n.textContent.split(W),f=u.length-1;if(f>0){n.textContent=Ve?Ve.emptyScript:"";for(let g=0;g<f;g++)n.append(u[g],Ce()),Q.nextNode(),l.push({type:2,index:++i});n.append(u[f],Ce())}}}else if(n.nodeType===8)if(n.data===tr)l.push({type:2,index:i});else{let u=-1;for(;(u=n.data.indexOf(W,u+1))!==-1;)l.push({type:7,index:i}),u+=W.length-1}i++}}static createElement(t,e){let r=X.createElement("template");return r.innerHTML=t,r}};function ae(s,t,e=s,r){if(t===ee)return t;let n=r!==void 0?e._$Co?.[r]:e._$Cl,i=Pe(t)?void 0:t._$litDirective$;return n?.constructor!==i&&(n?._$AO?.(!1),i===void 0?n=void 0:(n=new i(s),n._$AT(s,e,r)),r!==void 0?(e._$Co??=[])[r]=n:e._$Cl=n),n!==void 0&&(t=ae(s,n._$AS(s,t.values),n,r)),t}var ut=class{constructor(t,e){this._$AV=[],this._$AN=void 0,this._$AD=t,this._$AM=e}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(t){let{el:{content:e},parts:r}=this._$AD,n=(t?.creationScope??X).importNode(e,!0);Q.currentNode=n;let i=Q.nextNode(),o=0,a=0,l=r[0];for(;l!==void 0;){if(o===l.index){let c;l.type===2?c=new Re(i,i.nextSibling,this,t):l.type===1?c=new l.ctor(i,l.name,l.strings,this,t):l.type===6&&(c=new gt(i,this,t)),this._$AV.push(c),l=r[++a]}o!==l?.index&&(i=Q.nextNode(),o++)}return Q.currentNode=X,n}p(t){let e=0;for(let r of this._$AV)r!==void 0&&(r.strings!==void 0?(r._$AI(t,r,e),e+=r.strings.length-2):r._$AI(t[e])),e++}},Re=class s{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(t,e,r,n){this.type=2,this._$AH=y,this._$AN=void 0,this._$AA=t,this._$AB=e,this._$AM=r,this.options=n,this._$Cv=n?.isConnected??!0}get parentNode(){let t=this._$AA.parentNode,e=this._$AM;return e!==void 0&&t?.nodeType===11&&(t=e.parentNode),t}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(t,e=this){t=ae(this,t,e),Pe(t)?t===y||t==null||t===""?(this._$AH!==y&&this._$AR(),this._$AH=y):t!==this._$AH&&t!==ee&&this._(t):t._$litType$!==void 0?this.$(t):t.nodeType!==void 0?this.T(t):xs(t)?this.k(t):this._(t)}O(t){return this._$AA.parentNode.insertBefore(t,this._$AB)}T(t){this._$AH!==t&&(this._$AR(),this._$AH=this.O(t))}_(t){this._$AH!==y&&Pe(this._$AH)?this._$AA.nextSibling.data=t:this.T(X.createTextNode(t)),this._$AH=t}$(t){let{values:e,_$litType$:r}=t,n=typeof r=="number"?this._$AC(t):(r.el===void 0&&(r.el=_e.createElement(sr(r.h,r.h[0]),this.options)),r);if(this._$AH?._$AD===n)this._$AH.p(e);else{let i=new ut(n,this),o=i.u(this.options);i.p(e),this.T(o),this._$AH=i}}_$AC(t){let e=Xt.get(t.strings);return e===void 0&&Xt.set(t.strings,e=new _e(t)),e}k(t){yt(this._$AH)||(this._$AH=[],this._$AR());let e=this._$AH,r,n=0;for(let i of t)n===e.length?e.push(r=new s(this.O(Ce()),this.O(Ce()),this,this.options)):r=e[n],r._$AI(i),n++;n<e.length&&(this._$AR(r&&r._$AB.nextSibling,n),e.length=n)}_$AR(t=this._$AA.nextSibling,e){for(this._$AP?.(!1,!0,e);t!==this._$AB;){let r=Vt(t).nextSibling;Vt(t).remove(),t=r}}setConnected(t){this._$AM===void 0&&(this._$Cv=t,this._$AP?.(t))}},le=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(t,e,r,n,i){this.type=1,this._$AH=y,this._$AN=void 0,this.element=t,this.name=e,this._$AM=n,this.options=i,r.length>2||r[0]!==""||r[1]!==""?(this._$AH=Array(r.length-1).fill(new String),this.strings=r):this._$AH=y}_$AI(t,e=this,r,n){let i=this.strings,o=!1;if(i===void 0)t=ae(this,t,e,0),o=!Pe(t)||t!==this._$AH&&t!==ee,o&&(this._$AH=t);else{let a=t,l,c;for(t=i[0],l=0;l<i.length-1;l++)c=ae(this,a[r+l],e,l),c===ee&&(c=this._$AH[l]),o||=!Pe(c)||c!==this._$AH[l],c===y?t=y:t!==y&&(t+=(c??"")+i[l+1]),this._$AH[l]=c}o&&!n&&this.j(t)}j(t){t===y?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,t??"")}},dt=class extends le{constructor(){super(...arguments),this.type=3}j(t){this.element[this.name]=t===y?void 0:t}},mt=class extends le{constructor(){super(...arguments),this.type=4}j(t){this.element.toggleAttribute(this.name,!!t&&t!==y)}},ft=class extends le{constructor(t,e,r,n,i){super(t,e,r,n,i),this.type=5}_$AI(t,e=this){if((t=ae(this,t,e,0)??y)===ee)return;let r=this._$AH,n=t===y&&r!==y||t.capture!==r.capture||t.once!==r.once||t.passive!==r.passive,i=t!==y&&(r===y||n);n&&this.element.removeEventListener(this.name,this,r),i&&this.element.addEventListener(this.name,this,t),this._$AH=t}handleEvent(t){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,t):this._$AH.handleEvent(t)}},gt=class{constructor(t,e,r){this.element=t,this.type=6,this._$AN=void 0,this._$AM=e,this.options=r}get _$AU(){return this._$AM._$AU}_$AI(t){ae(this,t)}};var ks=vt.litHtmlPolyfillSupport;ks?.(_e,Re),(vt.litHtmlVersions??=[]).push("3.3.3");var nr=(s,t,e)=>{let r=e?.renderBefore??t,n=r._$litPart$;if(n===void 0){let i=e?.renderBefore??null;r._$litPart$=n=new Re(t.insertBefore(Ce(),i),i,void 0,e??{})}return n._$AI(s),n};var bt=globalThis,z=class extends H{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let t=super.createRenderRoot();return this.renderOptions.renderBefore??=t.firstChild,t}update(t){let e=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(t),this._$Do=nr(e,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return ee}};z._$litElement$=!0,z.finalized=!0,bt.litElementHydrateSupport?.({LitElement:z});var As=bt.litElementPolyfillSupport;As?.({LitElement:z});(bt.litElementVersions??=[]).push("4.2.2");var Es=w`
  :root {
    --paper: #fcfbf8;
    --ink: #1d1c1a;
    --quiet: #67635b;
    --rule: #e2dfd7;
    --bar: #a9a49a;
    --accent: #b23a12;
    --gold: #8a6200;
    --weight: #1f6093;
    --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", "Noto Serif",
      "Source Han Serif SC", "Noto Serif CJK SC", "Songti SC", SimSun, serif;
    --sans: system-ui, -apple-system, "Segoe UI", "Noto Sans", "PingFang SC", "Microsoft YaHei",
      "Source Han Sans SC", "Noto Sans CJK SC", sans-serif;
    color-scheme: light;
    background: var(--paper);
    color: var(--ink);
    font: 400 1rem/1.5 var(--sans);
    -webkit-text-size-adjust: 100%;
  }
  @media screen {
    :root[data-theme="dark"] {
      --paper: #161514;
      --ink: #ebe7de;
      --quiet: #a8a297;
      --rule: #36332f;
      --bar: #6b665e;
      --accent: #ff9166;
      --gold: #e0b450;
      --weight: #7db9ea;
      color-scheme: dark;
    }
  }
  body {
    margin: 0;
  }
  /* What the keyboard reaches isn't hidden under the sentence that stays on top. */
  @media screen and (min-width: 45rem) and (min-height: 36rem) {
    :root {
      scroll-padding-top: 10rem;
    }
  }
  @page {
    margin: 15mm;
  }
`,$=w`
  :host {
    display: block;
    box-sizing: border-box;
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: inherit;
  }
  h1,
  h2,
  h3,
  p,
  figure,
  ol,
  ul {
    margin: 0;
    padding: 0;
    font-weight: inherit;
  }
  ol,
  ul {
    list-style: none;
  }
  .quiet {
    color: var(--quiet);
    font-size: 0.875rem;
  }
  .number {
    font-variant-numeric: tabular-nums lining-nums;
  }
  button,
  select {
    font: inherit;
    color: inherit;
    background: none;
    border: 0;
    border-radius: 2px;
    padding: 0.15em 0.2em;
    margin: 0;
    cursor: pointer;
  }
  select {
    border-bottom: 1px solid var(--quiet);
    border-radius: 0;
    max-width: 100%;
    field-sizing: content;
  }
  select option {
    color: #1d1c1a;
    background: #fcfbf8;
  }
  button:disabled,
  select:disabled {
    color: var(--quiet);
    border-bottom-color: transparent;
    cursor: default;
    opacity: 1;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media print {
    .screen {
      display: none !important;
    }
    select {
      appearance: none;
      border: 0;
      padding: 0;
    }
  }
`;function ir(s){s.adoptedStyleSheets=[...s.adoptedStyleSheets,Es.styleSheet]}var x=s=>(t,e)=>{e!==void 0?e.addInitializer(()=>{customElements.define(s,t)}):customElements.define(s,t)};var Ms={attribute:!0,type:String,converter:Ee,reflect:!1,hasChanged:je},Cs=(s=Ms,t,e)=>{let{kind:r,metadata:n}=e,i=globalThis.litPropertyMetadata.get(n);if(i===void 0&&globalThis.litPropertyMetadata.set(n,i=new Map),r==="setter"&&((s=Object.create(s)).wrapped=!0),i.set(e.name,s),r==="accessor"){let{name:o}=e;return{set(a){let l=t.get.call(this);t.set.call(this,a),this.requestUpdate(o,l,s,!0,a)},init(a){return a!==void 0&&this.C(o,void 0,s,a),a}}}if(r==="setter"){let{name:o}=e;return function(a){let l=this[o];t.call(this,a),this.requestUpdate(o,l,s,!0,a)}}throw Error("Unsupported decorator location: "+r)};function m(s){return(t,e)=>typeof e=="object"?Cs(s,t,e):((r,n,i)=>{let o=n.hasOwnProperty(i);return n.constructor.createProperty(i,r),o?Object.getOwnPropertyDescriptor(n,i):void 0})(s,t,e)}function F(s){return m({...s,state:!0,attribute:!1})}var te=(s,t,e)=>(e.configurable=!0,e.enumerable=!0,Reflect.decorate&&typeof t!="object"&&Object.defineProperty(s,t,e),e);function Ke(s,t){return(e,r,n)=>{let i=o=>o.renderRoot?.querySelector(s)??null;if(t){let{get:o,set:a}=typeof r=="object"?e:n??(()=>{let l=Symbol();return{get(){return this[l]},set(c){this[l]=c}}})();return te(e,r,{get(){let l=o.call(this);return l===void 0&&(l=i(this),(l!==null||this.hasUpdated)&&a.call(this,l)),l}})}return te(e,r,{get(){return i(this)}})}}var or=(s,t)=>`${s} ${t}${s===1?"":"s"}`,ar={language:"English",languageSwitch:"Language",themeSwitch:"Colours",light:"Light",dark:"Dark",views:"Texts",compareWith:"Beside it",nothingBeside:"nothing",itself:"the same text, for another layer or head",noViews:"This report holds nothing to show.",noMaps:"This model has no attention: there are no weights to show.",unreadable:s=>`The data of this page can't be read: ${s}`,modelParts:s=>[{lstm:"LSTM",gru:"GRU",transformer:"Transformer"}[s.architecture]??s.architecture,s.encoder_layers===null?or(s.decoder_layers,"layer"):`${s.encoder_layers} + ${s.decoder_layers} layers`,s.heads===null?"":or(s.heads,"head"),`width ${s.width}`,s.attention===null?"":s.attention==="none"?"no attention":`${s.attention} score`,s.vision===null?"":`sees with ${s.vision}`].filter(Boolean).join(", "),showing:"Showing ",comma:", ",map:"Map",mapKinds:{cross:"cross-attention",encoder:"the encoder\u2019s self-attention",decoder:"the decoder\u2019s self-attention",self:"self-attention",causal:"causal self-attention",unknown:"attention"},layer:"Layer",layerNumber:s=>`layer ${s}`,head:"Head",headNumber:s=>`head ${s}`,meanOfHeads:s=>`the mean of ${s} heads`,unit:"Unit",words:"by word",tokens:"by token",scale:"Shades",linear:"on a linear scale",log:"on a logarithmic scale",kernel:s=>`Computed by the kernel ${s}.`,pointAtWord:"Point at a word to see what it looked at and what looked at it.",lookedAt:s=>`\u201C${s}\u201D looked at`,lookedAtBy:s=>`\u201C${s}\u201D was looked at by`,cell:(s,t)=>`\u201C${s}\u201D looked at \u201C${t}\u201D`,nothingSeen:"nothing",locked:"Kept. Escape lets go.",letGo:"Let go",rest:(s,t)=>`${s} others ${t}`,entropy:(s,t)=>`Entropy ${s} nats, as spread as ${t} equal weights.`,received:s=>`Received ${s} in all.`,probability:s=>`Probability ${s}.`,exact:s=>`Weights are shown to within ${s}.`,bound:(s,t)=>`Weights are pooled: a number is the largest of ${s} \xD7 ${t} weights; single ones are not in this file.`,textHeading:"The text",textExplained:"Point at a word. The darker a word in the other text, the more weight it received; the bar under a word shows how probable the model found it.",textExplainedSelf:"The same text twice: above as what is looked at, below as what is looking. The darker a word, the more weight.",looking:"looking",lookedAtSide:"looked at",sideRole:(s,t)=>s?`${s}, ${t}`:t,sides:{source:"Source",target:"Target",read:"What the decoder had read",regions:"Regions",queries:"Queries",keys:"Keys",tokens:"Tokens"},mapHeading:"The map",mapExplained:"A row is a word that looked, a column one that was looked at. Bars at the right: how spread out a row is (entropy); below: what a column received in all.",mapKeys:"Click to keep a cell. Pinch, or hold Ctrl and scroll, to zoom; drag to move. Keyboard: arrows, + and \u2212, 0 for the whole map, Escape to let go.",mapName:(s,t)=>`Heat map of ${s} rows and ${t} columns`,zoomIn:"Zoom in",zoomOut:"Zoom out",whole:"Whole map",entropyBand:"entropy",receivedBand:"received",linksHeading:"The links",linksExplained:"Each line joins a word that looked (right) with one it looked at (left); the heavier the line, the more weight. Small weights are left out.",linksPart:(s,t,e)=>`${s} to ${t} of ${e}`,headsHeading:"All layers and heads",headsExplained:"One small map for each head, all on one scale. Choose one to see it above.",headName:(s,t)=>`${s}, ${t}`,pictureHeading:"The picture",pictureExplained:"Regions that a word looked at stay bright, the others are darkened; the brightest is the one with the most weight. Point at a region to see which words looked at it.",pictureWordsHeading:"Word by word",pictureWordsExplained:"Where each word of the caption looked.",pictureName:s=>`Where \u201C${s}\u201D looked`,pictureWhole:"The picture, by regions",alternativesHeading:"What else the search had",alternativesExplained:"Best first, with its score: log-probability after the length penalty. Underlined: what differs from the best.",confidenceHeading:"Where the model was least sure",confidenceExplained:"Probability of each word given those before it, the lowest first.",goldLegend:"Frames are links drawn by hand: sure (solid), possible (dashed); dots are the model\u2019s own.",aer:s=>`Alignment error rate ${s}.`,notesHeading:"Where weight collects",notesExplained:"Heads that rest on a few places whatever the word. Such weight says little about meaning.",headIn:(s,t,e)=>`${s}, ${t}, ${e}`,sink:(s,t)=>`${s} of its weight on ${t}`,places:{eos:"the end of the sentence",first:"the first token",punctuation:"punctuation",padding:"padding"},computing:"Reading \u2026"};var Ps=new Map([["dot","\u70B9\u79EF"],["general","\u53CC\u7EBF\u6027"],["additive","\u52A0\u6027"]]),_s=s=>Ps.get(s)??`${s} `,lr={language:"\u4E2D\u6587",languageSwitch:"\u8BED\u8A00",themeSwitch:"\u914D\u8272",light:"\u6D45\u8272",dark:"\u6DF1\u8272",views:"\u6587\u672C",compareWith:"\u5E76\u6392\u5BF9\u6BD4",nothingBeside:"\u4E0D\u5BF9\u6BD4",itself:"\u540C\u4E00\u6587\u672C\uFF0C\u7528\u4E8E\u5BF9\u6BD4\u5176\u4ED6\u5C42\u6216\u5934",noViews:"\u8FD9\u4EFD\u62A5\u544A\u91CC\u6CA1\u6709\u53EF\u663E\u793A\u7684\u5185\u5BB9\u3002",noMaps:"\u8FD9\u4E2A\u6A21\u578B\u6CA1\u6709\u6CE8\u610F\u529B\uFF0C\u56E0\u6B64\u6CA1\u6709\u6743\u91CD\u53EF\u4EE5\u663E\u793A\u3002",unreadable:s=>`\u65E0\u6CD5\u8BFB\u53D6\u672C\u9875\u6570\u636E\uFF1A${s}`,modelParts:s=>[{lstm:"LSTM",gru:"GRU",transformer:"Transformer"}[s.architecture]??s.architecture,s.encoder_layers===null?`${s.decoder_layers} \u5C42`:`\u7F16\u7801\u5668 ${s.encoder_layers} \u5C42\u3001\u89E3\u7801\u5668 ${s.decoder_layers} \u5C42`,s.heads===null?"":`${s.heads} \u4E2A\u5934`,`\u5BBD\u5EA6 ${s.width}`,s.attention===null?"":s.attention==="none"?"\u65E0\u6CE8\u610F\u529B":`${_s(s.attention)}\u6253\u5206`,s.vision===null?"":`\u7528 ${s.vision} \u770B\u56FE`].filter(Boolean).join("\uFF0C"),showing:"\u5F53\u524D\u663E\u793A",comma:"\uFF0C",map:"\u6CE8\u610F\u529B\u7C7B\u578B",mapKinds:{cross:"\u4EA4\u53C9\u6CE8\u610F\u529B",encoder:"\u7F16\u7801\u5668\u81EA\u6CE8\u610F\u529B",decoder:"\u89E3\u7801\u5668\u81EA\u6CE8\u610F\u529B",self:"\u81EA\u6CE8\u610F\u529B",causal:"\u56E0\u679C\u81EA\u6CE8\u610F\u529B",unknown:"\u6CE8\u610F\u529B"},layer:"\u5C42",layerNumber:s=>`\u7B2C ${s} \u5C42`,head:"\u5934",headNumber:s=>`\u7B2C ${s} \u5934`,meanOfHeads:s=>`${s} \u4E2A\u5934\u7684\u5E73\u5747`,unit:"\u5355\u4F4D",words:"\u6309\u8BCD",tokens:"\u6309 token",scale:"\u8272\u6807",linear:"\u7EBF\u6027\u8272\u6807",log:"\u5BF9\u6570\u8272\u6807",kernel:s=>`\u7531\u5185\u6838 ${s} \u8BA1\u7B97\u3002`,pointAtWord:"\u628A\u9F20\u6807\u79FB\u5230\u4E00\u4E2A\u8BCD\u4E0A\uFF0C\u770B\u5B83\u5173\u6CE8\u4E86\u4EC0\u4E48\u3001\u53C8\u88AB\u4EC0\u4E48\u5173\u6CE8\u3002",lookedAt:s=>`\u201C${s}\u201D\u5173\u6CE8\u4E86`,lookedAtBy:s=>`\u5173\u6CE8\u201C${s}\u201D\u7684\u6709`,cell:(s,t)=>`\u201C${s}\u201D\u5BF9\u201C${t}\u201D\u7684\u6743\u91CD`,nothingSeen:"\u65E0",locked:"\u5DF2\u9501\u5B9A\uFF0C\u6309 Esc \u89E3\u9664\u3002",letGo:"\u89E3\u9664\u9501\u5B9A",rest:(s,t)=>`\u5176\u4F59 ${s} \u4E2A\u5171 ${t}`,entropy:(s,t)=>`\u71B5 ${s} \u5948\u7279\uFF0C\u76F8\u5F53\u4E8E ${t} \u4E2A\u5747\u7B49\u7684\u6743\u91CD\u3002`,received:s=>`\u5171\u6536\u5230 ${s}\u3002`,probability:s=>`\u6982\u7387 ${s}\u3002`,exact:s=>`\u663E\u793A\u7684\u6743\u91CD\u8BEF\u5DEE\u4E0D\u8D85\u8FC7 ${s}\u3002`,bound:(s,t)=>`\u6743\u91CD\u5DF2\u6C60\u5316\uFF1A\u6BCF\u4E2A\u6570\u662F ${s} \xD7 ${t} \u4E2A\u6743\u91CD\u4E2D\u7684\u6700\u5927\u503C\uFF0C\u672C\u6587\u4EF6\u4E0D\u542B\u5355\u4E2A\u6743\u91CD\u3002`,textHeading:"\u6587\u672C",textExplained:"\u628A\u9F20\u6807\u79FB\u5230\u4E00\u4E2A\u8BCD\u4E0A\uFF1A\u53E6\u4E00\u4FA7\u7684\u8BCD\u989C\u8272\u8D8A\u6DF1\uFF0C\u5F97\u5230\u7684\u6743\u91CD\u8D8A\u5927\u3002\u8BCD\u4E0B\u7684\u77ED\u7EBF\u8868\u793A\u6A21\u578B\u8BA4\u4E3A\u5B83\u6709\u591A\u5927\u6982\u7387\u3002",textExplainedSelf:"\u540C\u4E00\u6BB5\u6587\u672C\u51FA\u73B0\u4E24\u6B21\uFF1A\u4E0A\u9762\u662F\u88AB\u5173\u6CE8\u7684\uFF0C\u4E0B\u9762\u662F\u53D1\u51FA\u5173\u6CE8\u7684\u3002\u989C\u8272\u8D8A\u6DF1\uFF0C\u6743\u91CD\u8D8A\u5927\u3002",looking:"\u53D1\u51FA\u5173\u6CE8",lookedAtSide:"\u88AB\u5173\u6CE8",sideRole:(s,t)=>s?`${s}\uFF08${t}\uFF09`:t,sides:{source:"\u6E90\u6587",target:"\u8BD1\u6587",read:"\u89E3\u7801\u5668\u5DF2\u8BFB",regions:"\u533A\u57DF",queries:"\u67E5\u8BE2",keys:"\u952E",tokens:"Token \u5E8F\u5217"},mapHeading:"\u70ED\u529B\u56FE",mapExplained:"\u6BCF\u884C\u662F\u4E00\u4E2A\u53D1\u51FA\u5173\u6CE8\u7684\u8BCD\uFF0C\u6BCF\u5217\u662F\u4E00\u4E2A\u88AB\u5173\u6CE8\u7684\u8BCD\u3002\u53F3\u4FA7\u77ED\u6761\u662F\u8BE5\u884C\u7684\u5206\u6563\u7A0B\u5EA6\uFF08\u71B5\uFF09\uFF0C\u4E0B\u65B9\u77ED\u6761\u662F\u8BE5\u5217\u6536\u5230\u7684\u6743\u91CD\u603B\u548C\u3002",mapKeys:"\u70B9\u51FB\u53EF\u9501\u5B9A\u4E00\u683C\u3002\u53CC\u6307\u6216\u6309\u4F4F Ctrl \u6EDA\u52A8\u53EF\u7F29\u653E\uFF0C\u62D6\u52A8\u53EF\u5E73\u79FB\u3002\u952E\u76D8\uFF1A\u65B9\u5411\u952E\u79FB\u52A8\uFF0C+ \u548C \u2212 \u7F29\u653E\uFF0C0 \u663E\u793A\u5168\u56FE\uFF0CEsc \u89E3\u9664\u9501\u5B9A\u3002",mapName:(s,t)=>`${s} \u884C ${t} \u5217\u7684\u70ED\u529B\u56FE`,zoomIn:"\u653E\u5927",zoomOut:"\u7F29\u5C0F",whole:"\u5168\u56FE",entropyBand:"\u71B5",receivedBand:"\u6536\u5230",linksHeading:"\u8FDE\u7EBF",linksExplained:"\u6BCF\u6761\u7EBF\u628A\u4E00\u4E2A\u53D1\u51FA\u5173\u6CE8\u7684\u8BCD\uFF08\u53F3\uFF09\u4E0E\u5B83\u5173\u6CE8\u7684\u8BCD\uFF08\u5DE6\uFF09\u8FDE\u8D77\u6765\uFF0C\u7EBF\u8D8A\u91CD\uFF0C\u6743\u91CD\u8D8A\u5927\uFF1B\u592A\u5C0F\u7684\u4E0D\u753B\u3002",linksPart:(s,t,e)=>`\u7B2C ${s} \u81F3 ${t} \u4E2A\uFF0C\u5171 ${e} \u4E2A`,headsHeading:"\u6240\u6709\u5C42\u4E0E\u5934",headsExplained:"\u6BCF\u4E2A\u5934\u4E00\u5E45\u5C0F\u56FE\uFF0C\u8272\u6807\u76F8\u540C\u3002\u70B9\u9009\u4E00\u5E45\uFF0C\u4E0A\u65B9\u5404\u56FE\u968F\u4E4B\u5207\u6362\u3002",headName:(s,t)=>`${s}\uFF0C${t}`,pictureHeading:"\u56FE\u7247",pictureExplained:"\u88AB\u4E00\u4E2A\u8BCD\u5173\u6CE8\u7684\u533A\u57DF\u4FDD\u6301\u660E\u4EAE\uFF0C\u5176\u4F59\u53D8\u6697\uFF0C\u6700\u4EAE\u5904\u6743\u91CD\u6700\u5927\u3002\u628A\u9F20\u6807\u79FB\u5230\u4E00\u4E2A\u533A\u57DF\u4E0A\uFF0C\u770B\u54EA\u4E9B\u8BCD\u5173\u6CE8\u4E86\u5B83\u3002",pictureWordsHeading:"\u9010\u8BCD\u67E5\u770B",pictureWordsExplained:"\u63CF\u8FF0\u4E2D\u7684\u6BCF\u4E2A\u8BCD\u5404\u5173\u6CE8\u4E86\u54EA\u91CC\u3002",pictureName:s=>`\u201C${s}\u201D\u5173\u6CE8\u7684\u4F4D\u7F6E`,pictureWhole:"\u6309\u533A\u57DF\u5212\u5206\u7684\u56FE\u7247",alternativesHeading:"\u641C\u7D22\u7684\u5176\u4ED6\u5019\u9009",alternativesExplained:"\u6309\u5F97\u5206\u4ECE\u9AD8\u5230\u4F4E\u6392\u5217\uFF1B\u5F97\u5206\u662F\u7ECF\u957F\u5EA6\u60E9\u7F5A\u540E\u7684\u5BF9\u6570\u6982\u7387\u3002\u5E26\u4E0B\u5212\u7EBF\u7684\u662F\u4E0E\u6700\u4F73\u5019\u9009\u4E0D\u540C\u7684\u90E8\u5206\u3002",confidenceHeading:"\u6A21\u578B\u6700\u6CA1\u628A\u63E1\u7684\u5730\u65B9",confidenceExplained:"\u6BCF\u4E2A\u8BCD\u5728\u5176\u524D\u6587\u6761\u4EF6\u4E0B\u7684\u6982\u7387\uFF0C\u4ECE\u4F4E\u5230\u9AD8\u6392\u5217\u3002",goldLegend:"\u65B9\u6846\u662F\u4EBA\u5DE5\u6807\u6CE8\u7684\u5BF9\u9F50\uFF1A\u786E\u5B9A\uFF08\u5B9E\u7EBF\uFF09\u3001\u53EF\u80FD\uFF08\u865A\u7EBF\uFF09\uFF1B\u5706\u70B9\u662F\u6A21\u578B\u81EA\u5DF1\u7684\u5BF9\u9F50\u3002",aer:s=>`\u5BF9\u9F50\u9519\u8BEF\u7387\uFF08AER\uFF09${s}\u3002`,notesHeading:"\u6743\u91CD\u805A\u96C6\u4E4B\u5904",notesExplained:"\u8FD9\u4E9B\u5934\u65E0\u8BBA\u5904\u7406\u54EA\u4E2A\u8BCD\uFF0C\u6743\u91CD\u90FD\u96C6\u4E2D\u5728\u5C11\u6570\u4F4D\u7F6E\u4E0A\uFF0C\u4E0E\u8BCD\u4E49\u5173\u7CFB\u4E0D\u5927\u3002",headIn:(s,t,e)=>`${s}\uFF0C${t}\uFF0C${e}`,sink:(s,t)=>`${s} \u7684\u6743\u91CD\u843D\u5728${t}\u4E0A`,places:{eos:"\u53E5\u5B50\u7ED3\u675F\u7B26",first:"\u7B2C\u4E00\u4E2A token",punctuation:"\u6807\u70B9",padding:"\u586B\u5145"},computing:"\u6B63\u5728\u8BFB\u53D6\u2026\u2026"};var ce={en:ar,zh:lr};function cr(s){try{return localStorage.getItem(`qkv.${s}`)}catch{return null}}function hr(s,t){try{localStorage.setItem(`qkv.${s}`,t)}catch{return}}function Rs(){return navigator.languages.map(t=>t.slice(0,2).toLowerCase()).find(t=>t in ce)??"en"}var $t=class extends EventTarget{constructor(){super();this.darkness=matchMedia("(prefers-color-scheme: dark)");this.paper=matchMedia("print");this.chosenTheme=cr("theme");this.chosenLanguage=cr("language");this.darkness.addEventListener("change",()=>this.changed()),this.paper.addEventListener("change",()=>this.changed()),this.apply()}get language(){let e=this.chosenLanguage;return e&&e in ce?e:Rs()}get text(){return ce[this.language]}get theme(){return this.paper.matches?"light":this.screenTheme}get screenTheme(){return this.chosenTheme??(this.darkness.matches?"dark":"light")}choose(e,r){e!==this.language&&(this.chosenLanguage=e,hr("language",e)),r!==this.screenTheme&&(this.chosenTheme=r,hr("theme",r)),this.changed()}changed(){this.apply(),this.dispatchEvent(new Event("change"))}apply(){document.documentElement.lang=this.language==="zh"?"zh-Hans":"en",document.documentElement.dataset.theme=this.screenTheme}},E=new $t;var b=class extends z{constructor(){super(...arguments);this.preferencesChanged=()=>this.requestUpdate()}get text(){return E.text}connectedCallback(){super.connectedCallback(),E.addEventListener("change",this.preferencesChanged)}disconnectedCallback(){E.removeEventListener("change",this.preferencesChanged),super.disconnectedCallback()}ask(e,r){this.dispatchEvent(new CustomEvent(e,{bubbles:!0,composed:!0,detail:r}))}};var qe=class extends b{render(){let{language:t,screenTheme:e}=E,r=Object.keys(ce);return d`
      <div role="group" aria-label=${this.text.languageSwitch}>
        ${r.map(n=>pr(ce[n].language,n===t,()=>E.choose(n,e)))}
      </div>
      <div role="group" aria-label=${this.text.themeSwitch}>
        ${["light","dark"].map(n=>pr(this.text[n],n===e,()=>E.choose(t,n)))}
      </div>
    `}};qe.styles=[$,w`
      :host {
        display: flex;
        gap: 1.25rem;
        font-size: 0.875rem;
      }
      button {
        color: var(--quiet);
      }
      button[aria-pressed="true"] {
        color: var(--ink);
        border-bottom: 1px solid var(--ink);
        border-radius: 0;
      }
    `],qe=p([x("qkv-preferences-switch")],qe);var pr=(s,t,e)=>d`<button type="button" aria-pressed=${t} @click=${e}>${s}</button>`;function ur(s,t){let{map:e,unit:r,querySide:n,keySide:i}=t;if(!s||e.kind!=="cross")return[];let o=(c,h)=>r==="words"?[h,h+1]:c[h],a=c=>([h,u])=>({kind:c,rows:o(n.words,u),columns:o(i.words,h)}),l=new Set(s.sure.map(String));return[...s.possible.filter(c=>!l.has(String(c))).map(a("possible")),...s.sure.map(a("sure")),...s.links.map(a("link"))].filter(({rows:c,columns:h})=>c&&h)}function Oe(s){return s===0?"0":s<.001?xt(s,2):s.toFixed(3)}function dr(s,t){if(s===0)return"0";let e=t?Math.max(2,Math.ceil(Math.log10(s/t))):2;return xt(s,Math.min(6,e))}function mr(s){return xt(s,1)}var he=s=>`${Math.round(s*100)} %`;function xt(s,t){return s>=1e-6?Number(s.toPrecision(t)).toFixed(Ls(s,t)):s.toExponential(t-1)}var Ls=(s,t)=>Math.max(0,t-1-Math.floor(Math.log10(s)));function pe(s,t,e){let r=128<<t;return[s*r,Math.min(e,(s+1)*r)]}var Te=(s,t)=>Math.ceil(s/2**t);var qs=256,D=class{constructor(t,e,r){this.shape=t;this.blocks=e;this.precision=r;let[n,i]=t,o=t.map(a=>Math.max(1,Math.ceil(a/qs)));this.overview={...fr(e,[0,n],[0,i],o),by:o},this.entropy=new Float32Array(n),this.received=new Float32Array(i),St(e,(a,l,c)=>{c>0&&(this.entropy[a]-=c*Math.log(c)),this.received[l]+=c})}async tile({level:t,tile:e}){let r=pe(e[0],t[0],this.shape[0]),n=pe(e[1],t[1],this.shape[1]);return fr(this.blocks,r,n,[2**t[0],2**t[1]])}row(t){let e=new Float32Array(this.shape[1]);for(let r of this.blocks){let n=t-r.row;if(!(n<0||n>=r.rows))for(let i=0;i<r.columns;i++)e[r.column+i]+=r.values[n*r.columns+i]}return e}column(t){let e=new Float32Array(this.shape[0]);for(let r of this.blocks){let n=t-r.column;if(!(n<0||n>=r.columns))for(let i=0;i<r.rows;i++)e[r.row+i]+=r.values[i*r.columns+n]}return e}cell(t,e){return this.row(t)[e]}};function St(s,t){for(let{row:e,column:r,rows:n,columns:i,values:o}of s)for(let a=0;a<n;a++)for(let l=0;l<i;l++)t(e+a,r+l,o[a*i+l])}var Os=2**20;function ue(s){let[t,e]=s.shape;return Je(s)||s.encoding==="scores"&&t*e<=Os}function Je(s){return s.encoding==="dense"||s.encoding==="blocks"}function fr(s,[t,e],[r,n],i){let o=Math.ceil((e-t)/i[0]),a=Math.ceil((n-r)/i[1]),l=new Float32Array(o*a);for(let c of s){let h=Math.min(e,c.row+c.rows),u=Math.min(n,c.column+c.columns);for(let f=Math.max(t,c.row);f<h;f++){let g=Math.floor((f-t)/i[0])*a,v=(f-c.row)*c.columns-c.column;for(let A=Math.max(r,c.column);A<u;A++){let M=g+Math.floor((A-r)/i[1]);l[M]=Math.max(l[M],c.values[v+A])}}}return{rows:o,columns:a,values:l}}var k={row:null,column:null};function kt(s){let[t,e]=s.panes,r={view:t.view,map:t.map,layer:t.layer,head:t.head??"mean",row:s.row,column:s.column,mode:s.unit,scale:s.scale,beside:e&&[e.view,e.map,e.layer,e.head??"mean"].join(".")};return Object.entries(r).filter(([,i])=>i!=null).map(([i,o])=>`${i}=${o}`).join("&")}function vr(s,t){let e=new URLSearchParams(s.replace(/^#/,"")),r=gr(["view","map","layer","head"].map(o=>e.get(o)),t),n=e.get("beside")?.split("."),i=e.get("scale");return{panes:n?[r,gr(n,t)]:[r],unit:e.get("mode")==="tokens"?"tokens":"words",scale:i==="linear"||i==="log"?i:null,row:de(e.get("row"),1/0),column:de(e.get("column"),1/0)}}function me(s,{maps:t},e=0){let r=t[e]?.layers??[],n=r.at(-1)?.heads??[],i=n.length>1&&n.every(ue);return{view:s,map:e,layer:Math.max(0,r.length-1),head:i?null:0}}function gr([s,t,e,r],n){let i=de(s,n.length)??0,{maps:o}=n[i],a=me(i,n[i],de(t,o.length)??0),l=o[a.map]?.layers??[];a.layer=de(e,l.length)??a.layer;let c=de(r,l[a.layer]?.heads.length??0);return{...a,head:c??a.head}}function de(s,t){return s&&/^\d{1,9}$/.test(s)&&Number(s)<t?Number(s):null}function wr(s,t,e){if(!(s instanceof D))return s;let r=[t.length,e.length],[n,i]=[yr(t),yr(e)],o=s.blocks.map(l=>{let c=Ts(l,n,i);return St([l],(h,u,f)=>{let[g,v]=[n[h],i[u]],[A,M]=t[g];c.values[(g-c.row)*c.columns+v-c.column]+=f/(M-A)}),c}),a=e.reduce((l,[c,h])=>Math.max(l,h-c),1);return new D(r,o,s.precision*a)}function yr(s){let t=new Int32Array(s.at(-1)?.[1]??0);return s.forEach(([e,r],n)=>void t.fill(n,e,r)),t}function Ts(s,t,e){let[r,n]=[t[s.row],e[s.column]],i=t[s.row+s.rows-1]+1-r,o=e[s.column+s.columns-1]+1-n;return{row:r,column:n,rows:i,columns:o,values:new Float32Array(i*o)}}function br(s){let t=s[0].blocks.map((e,r)=>{let n=new Float32Array(e.values.length);for(let i of s){let o=i.blocks[r].values;for(let a=0;a<n.length;a++)n[a]+=o[a]/s.length}return{...e,values:n}});return new D(s[0].shape,t,s[0].precision)}var $r=`"use strict";(()=>{function h(e,r,t){let n=128<<r;return[e*n,Math.min(t,(e+1)*n)]}var f=(e,r)=>Math.ceil(e/2**r);function g(e,r,t){let{width:n,query:a,key:s}=e,[l,m]=[r*n,t*n],u=0;for(let o=0;o<n;o++)u+=a[l+o]*s[m+o];return u}function F({band:[e,r],shape:t},n){return[e===null?0:Math.max(0,n+e),r===null?t[1]:Math.max(0,Math.min(t[1],n+r+1))]}function w(e,{level:r,tile:t}){let[n,a]=h(t[0],r[0],e.shape[0]),[s,l]=h(t[1],r[1],e.shape[1]),m=Math.min(128,f(a-n,r[0])),u=Math.min(128,f(l-s,r[1])),o=new Float32Array(m*u);for(let c=n;c<a;c++){let y=o.subarray((c-n>>r[0])*u);M(e,c,[s,l],r[1],y)}return{rows:m,columns:u,values:o}}function M(e,r,[t,n],a,s){let{hidden:l,keyScale:m,logsumexp:u,queryScale:o}=e,[c,y]=F(e,r);for(let i=0;i<s.length&&t+(i<<a)<n;i++){let d=t+(i<<a),b=-1/0,v=Math.min(n,y,d+(1<<a));for(let p=Math.max(d,c);p<v;p++)l[p]||(b=Math.max(b,g(e,r,p)*m[p]));let A=Math.exp(b*o[r]-u[r]);s[i]=Math.max(s[i],Math.min(1,A))}}var S=new Map;self.onmessage=({data:e})=>{e.scores&&S.set(e.key,e.scores);let r=w(S.get(e.key),e.place);self.postMessage({number:e.number,grid:r},{transfer:[r.values.buffer]})};})();
`;function xr(s,t,e){let{width:r,query:n,key:i}=s,[o,a]=[t*r,e*r],l=0;for(let c=0;c<r;c++)l+=n[o+c]*i[a+c];return l}function Sr({band:[s,t],shape:e},r){return[s===null?0:Math.max(0,r+s),t===null?e[1]:Math.max(0,Math.min(e[1],r+t+1))]}function Hs(s,t,e){let[r,n]=Sr(s,t);if(s.hidden[e]||e<r||e>=n)return 0;let i=xr(s,t,e)*s.queryScale[t]*s.keyScale[e];return Math.min(1,Math.exp(i-s.logsumexp[t]))}function kr(s,{level:t,tile:e}){let[r,n]=pe(e[0],t[0],s.shape[0]),[i,o]=pe(e[1],t[1],s.shape[1]),a=Math.min(128,Te(n-r,t[0])),l=Math.min(128,Te(o-i,t[1])),c=new Float32Array(a*l);for(let h=r;h<n;h++){let u=c.subarray((h-r>>t[0])*l);Ar(s,h,[i,o],t[1],u)}return{rows:a,columns:l,values:c}}function Ar(s,t,[e,r],n,i){let{hidden:o,keyScale:a,logsumexp:l,queryScale:c}=s,[h,u]=Sr(s,t);for(let f=0;f<i.length&&e+(f<<n)<r;f++){let g=e+(f<<n),v=-1/0,A=Math.min(r,u,g+(1<<n));for(let _=Math.max(g,h);_<A;_++)o[_]||(v=Math.max(v,xr(s,t,_)*a[_]));let M=Math.exp(v*c[t]-l[t]);i[f]=Math.max(i[f],Math.min(1,M))}}function Er(s){let[t,e]=s.shape,r=new Float32Array(t*e);for(let n=0;n<t;n++)Ar(s,n,[0,e],0,r.subarray(n*e,(n+1)*e));return{row:0,column:0,rows:t,columns:e,values:r}}var Fs=3,Ze=class{constructor(t,e,r,n,i,o){this.scores=t;this.precision=e;this.overview=r;this.entropy=n;this.received=i;this.compute=o;this.shape=t.shape}tile(t){return t.level.every((r,n)=>2**r*Fs<=this.overview.by[n])?this.compute(this.scores,t):null}row(t){return Float32Array.from({length:this.shape[1]},(e,r)=>this.cell(t,r))}column(t){return Float32Array.from({length:this.shape[0]},(e,r)=>this.cell(r,t))}cell(t,e){return Hs(this.scores,t,e)}};var fe=new Map,Ye=new Map,Ds=0,Ne;function Is(){try{let s=new Worker(URL.createObjectURL(new Blob([$r],{type:"text/javascript"})));return s.onmessage=({data:t})=>Mr(t.number,t.grid),s.onerror=()=>{Ne=null;for(let t of fe.keys())Cr(t)},s}catch{return null}}function Mr(s,t){fe.get(s)?.done(t),fe.delete(s)}function Cr(s){let{scores:t,place:e}=fe.get(s);setTimeout(()=>Mr(s,kr(t,e)))}function Bs(s,{scores:t,place:e}){let r={number:s,key:Ye.get(t)??Ye.size,place:e};Ye.has(t)||(Ye.set(t,r.key),r.scores=t),Ne.postMessage(r)}function Pr(s,t){return Ne===void 0&&(Ne=Is()),new Promise(e=>{let r=Ds++;fe.set(r,{scores:s,place:t,done:e}),Ne?Bs(r,fe.get(r)):Cr(r)})}var _r=Array.from({length:94},(s,t)=>String.fromCharCode(33+t)).filter(s=>!'"<\\'.includes(s)).join(""),At=new Uint8Array(128);for(let s=0;s<_r.length;s++)At[_r.charCodeAt(s)]=s;function Us(s){let t=s.length>>1,e=new Uint8Array(13*t+(s.length%2?5:0)>>3),[r,n,i]=[0,0,0];for(let o=0;o<s.length;o+=2){let a=o+1<s.length?At[s.charCodeAt(o+1)]:0;for(n|=At[s.charCodeAt(o)]+91*a<<r,r+=13;r>=8&&i<e.length;r-=8)e[i++]=n&255,n>>>=8}return e}async function Qe(s){if(s==="")return new ArrayBuffer(0);let t=new Blob([Us(s)]).stream();return new Response(t.pipeThrough(new DecompressionStream("deflate-raw"))).arrayBuffer()}var Rr=async s=>new Uint8Array(await Qe(s)),Et=async s=>new Int8Array(await Qe(s)),Lr=async s=>new Uint16Array(await Qe(s)),ge=async s=>new Float32Array(await Qe(s));var Xe=class{constructor(t,e,r,n){this.shape=t;this.overview=e;this.entropy=r;this.received=n;this.precision=null}tile(){return null}row(t){return Float32Array.from({length:this.shape[1]},(e,r)=>this.cell(t,r))}column(t){return Float32Array.from({length:this.shape[0]},(e,r)=>this.cell(r,t))}cell(t,e){let{by:r,columns:n,values:i}=this.overview;return i[Math.floor(t/r[0])*n+Math.floor(e/r[1])]}},Gs=Float32Array.from({length:256},(s,t)=>t===0?0:2**((t-255)/12));function qr(s){let t=new Float32Array(s.length);for(let e=0;e<s.length;e++)t[e]=Gs[s[e]];return t}var Or=65535,Ws=48,ve=new Map;function et(s,t){let e=ve.get(s)??zs(s,t);return ve.delete(s),ve.set(s,e),ve.size>Ws&&ve.delete(ve.keys().next().value),e}async function Nr(s,t){return Je(s)?(await et(s,t)).overview:Hr(s.overview)}async function zs(s,t){if(Je(s))return js(s,t);if(s.encoding==="scores"&&ue(s))return new D(s.shape,[Er(await Tr(s))],s.precision);let e=await Hr(s.overview),r=[await ge(s.entropy),await ge(s.received)];if(s.encoding==="pooled")return new Xe(s.shape,e,...r);let n=await Tr(s);return new Ze(n,s.precision,e,...r,Pr)}async function js(s,t){let e=Float32Array.from(await Lr(s.data));for(let o=0;o<e.length;o++)e[o]/=Or;let r=0,n=[[0,0,...s.shape]],i=(s.encoding==="blocks"&&t?t:n).map(o=>{let[a,l,c,h]=o,u=r;return r+=c*h,{row:a,column:l,rows:c,columns:h,values:e.subarray(u,r)}});return new D(s.shape,i,.5/Or)}async function Hr({shape:[s,t],by:e,data:r}){return{rows:s,columns:t,by:e,values:qr(await Rr(r))}}async function Tr(s){return{shape:s.shape,width:s.width,query:await Et(s.query),queryScale:await ge(s.query_scale),key:await Et(s.key),keyScale:await ge(s.key_scale),logsumexp:await ge(s.logsumexp),band:s.band,hidden:Vs(s.shape,s.hidden)}}function Vs([,s],t){let e=new Uint8Array(s);for(let[r,n]of t)e.fill(1,r,n);return e}var Ks=/\p{Cc}/gu,Js=/^\p{M}/u,Zs=/^[\p{Z}\p{Cf}]+$/u;function Ys(s){if(s==="")return"\u2205";if(Zs.test(s))return"\u2423".repeat([...s].length);let t=s.replace(Ks,e=>e<" "?String.fromCharCode(9216+e.charCodeAt(0)):"\u2421");return Js.test(t)?`\u25CC${t}`:t}function tt(s,t){return t==="words"?s.words:s.tokens.map((e,r)=>[r,r+1])}function He(s,t){let e=t==="words"?s.shown:s.tokens;return tt(s,t).map((r,n)=>({text:Ys(e[n]),space:s.spaces[r[0]],tokens:r}))}var Fr=/\p{L}/u,Qs=/[\p{sc=Arab}\p{sc=Hebr}\p{sc=Syrc}\p{sc=Thaa}\p{sc=Nkoo}]/u;function Dr(s){let t=s.find(({text:e})=>Fr.test(e))?.text.match(Fr)?.[0]??"";return Qs.test(t)?"rtl":"ltr"}function rt(s,t){let e=[...s];return e.length<=t?s:`${e.slice(0,t-1).join("")}\u2026`}var ye=(s,[t,e])=>s.probabilities?.slice(t,e).reduce((r,n)=>r*n,1)??null;var Xs=64,Ir=s=>s.shape[1]>Xs?"log":"linear";function we({name:s},t){return s&&t.name.startsWith(`${s}.`)?t.name.slice(s.length+1):t.name}var Fe=s=>s.heads.every(ue);async function Br(s,t,e){let r=s.maps[t.map],n=r?.layers[t.layer];if(!n||n.heads.length===0)return null;let[i,o]=[s.sides[r.rows],s.sides[r.columns]],a=Fe(n)?e:"tokens",l=await en(r,n,t.head),c=[tt(i,a),tt(o,a)];return{map:r,layer:n,unit:a,querySide:i,keySide:o,weights:a==="words"?wr(l,...c):l,rows:He(i,a),columns:He(o,a)}}async function en({blocks:s},t,e){if(e!==null||!Fe(t))return et(t.heads[e??0],s);let r=await Promise.all(t.heads.map(n=>et(n,s)));return br(r)}var P=(s,t,e)=>d`
  <figure aria-label=${s}>
    <h2>${s}</h2>
    <p class="explained quiet">${t}</p>
    ${e}
  </figure>
`,O=w`
  figure {
    padding: 1.5rem 0 0;
  }
  h2 {
    font: italic 400 1.1875rem/1.4 var(--serif);
    break-after: avoid;
  }
  h2:lang(zh) {
    font-style: normal;
  }
  .explained {
    max-width: 62ch;
    margin-bottom: 0.75rem;
    text-wrap: pretty;
  }
  bdi {
    font-family: var(--serif);
    overflow-wrap: anywhere;
  }
`;var tn={light:[[252,251,248],[214,229,240],[146,190,220],[62,127,178],[11,52,88]],dark:[[22,21,20],[28,50,70],[40,96,140],[98,164,214],[220,240,255]]},Ur=1e-4;function re(s,t){return t==="linear"?Math.min(1,Math.max(0,s)):s<=Ur?0:Math.min(1,1-Math.log10(s)/Math.log10(Ur))}function se(s,t){let e=tn[t],r=Math.min(e.length-1,Math.max(0,s*(e.length-1))),[n,i]=[Math.floor(r),Math.ceil(r)];return e[n].map((a,l)=>Math.round(a+(e[i][l]-a)*(r-n)))}var be=([s,t,e])=>`rgb(${s}, ${t}, ${e})`;function rn(s){let[t,e,r]=s.map(n=>{let i=n/255;return i<=.04045?i/12.92:((i+.055)/1.055)**2.4});return .2126*t+.7152*e+.0722*r}function Wr(s){return rn(s)>.18?"#141312":"#ffffff"}var Mt=256,Gr=new Map;function sn(s){let t=Gr.get(s);return t||(t=Uint32Array.from({length:Mt},(e,r)=>{let[n,i,o]=se(r/(Mt-1),s);return 255<<24|o<<16|i<<8|n}),Gr.set(s,t)),t}function st(s,t,e,r){let n=sn(r),i=new ImageData(t,s.length/t),o=new Uint32Array(i.data.buffer);for(let a=0;a<s.length;a++)o[a]=n[Math.round(re(s[a],e)*(Mt-1))];return i}var V=class extends b{constructor(){super(...arguments);this.maps=[];this.scale="linear";this.drawing=0}render(){return this.maps.map((e,r)=>d`
        <section><h3 class="quiet">${e.name||this.text.mapKinds[e.kind]}</h3>
        <div role="radiogroup" aria-label=${e.name||this.text.mapKinds[e.kind]} @keydown=${this.keyPressed}>
          ${e.layers.map((n,i)=>this.renderLayer(e,n,r,i))}
        </div></section>
      `)}renderLayer(e,r,n,i){let o=we(e,r)||this.text.layerNumber(i);return d`<div class="layer">
      <span class="quiet name">${o}</span>
      ${r.heads.map((a,l)=>this.renderHead(o,{...this.pane,map:n,layer:i,head:l}))}
    </div>`}renderHead(e,r){let{map:n,layer:i,head:o}=this.pane,a=n===r.map&&i===r.layer&&(o===null||o===r.head),c=r.head===(o??0)&&i===r.layer&&n===r.map||n!==r.map&&r.layer===0&&r.head===0;return d`<button
      type="button"
      role="radio"
      aria-checked=${a}
      aria-label=${this.text.headName(e,this.text.headNumber(r.head))}
      title=${this.text.headName(e,this.text.headNumber(r.head))}
      tabindex=${c?0:-1}
      @click=${()=>this.choose(r)}
    ><canvas data-head="${r.map} ${r.layer} ${r.head}"></canvas></button>`}choose(e){this.dispatchEvent(new CustomEvent("qkv-pane",{detail:e}))}keyPressed({key:e,currentTarget:r,target:n}){let i={ArrowRight:1,ArrowDown:1,ArrowLeft:-1,ArrowUp:-1}[e];if(!i)return;let o=[...r.querySelectorAll("button")],a=o[o.indexOf(n)+i];a?.focus(),a?.click()}updated(e){(e.has("maps")||e.has("scale")||!e.has("pane"))&&this.drawAll()}async drawAll(){let e=++this.drawing;for(let r of this.renderRoot.querySelectorAll("canvas")){let[n,i,o]=r.dataset.head.split(" ").map(Number),{rows:a,columns:l,values:c}=await Nr(this.maps[n].layers[i].heads[o],this.maps[n].blocks);if(e!==this.drawing)return;[r.width,r.height]=[l,a],r.getContext("2d").putImageData(st(c,l,this.scale,E.theme),0,0)}}};V.styles=[$,w`
      .layer {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.3rem;
        margin: 0.3rem 0;
      }
      .name {
        flex: 0 0 4.5rem;
        overflow-wrap: anywhere;
      }
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: 1rem 3rem;
      }
      @media (max-width: 30rem) {
        .layer .name {
          flex-basis: 100%;
        }
      }
      button {
        padding: 2px;
        border: 1px solid var(--rule);
        line-height: 0;
      }
      button[aria-checked="true"] {
        border-color: var(--accent);
        box-shadow: 0 0 0 1px var(--accent);
      }
      canvas {
        width: 4rem;
        height: 4rem;
        image-rendering: pixelated;
        print-color-adjust: exact;
      }
    `],p([m({attribute:!1})],V.prototype,"maps",2),p([m({attribute:!1})],V.prototype,"pane",2),p([m({attribute:!1})],V.prototype,"scale",2),V=p([x("qkv-head-mosaic")],V);var nn=600,nt=class{constructor(t,e,r,n){this.weights=t;this.scale=e;this.theme=r;this.arrived=n;this.grids=new Map;this.images=new Map;this.wanted=[];this.busy=!1}overview(){let{values:t,columns:e}=this.weights.overview;return this.image("overview",t,e)}under(t,e){let r=an(t,t.level(e),this.weights.shape);return this.want(r),this.drawable(r)}drawable(t){let e=t[0]?.level??[0,0],r=[...this.grids.values()].filter(({place:n})=>n.level[0]>=e[0]&&n.level[1]>=e[1]);return r.sort((n,i)=>zr(i.place.level)-zr(n.place.level)),r.map(({place:n,grid:i})=>({place:n,image:this.image(Ct(n),i.values,i.columns)}))}image(t,e,r){let n=this.images.get(t);return n||(n=on(st(e,r,this.scale,this.theme)),this.images.set(t,n)),n}want(t){this.wanted=t.filter(e=>!this.grids.has(Ct(e))),this.busy||this.compute()}async compute(){this.busy=!0;for(let t=this.wanted.shift();t;t=this.wanted.shift()){let e=await this.weights.tile(t);if(!e)break;this.grids.set(Ct(t),{place:t,grid:e}),this.forget(),this.arrived()}this.busy=!1}forget(){let[t]=this.grids.keys();this.grids.size<=nn||(this.grids.delete(t),this.images.delete(t))}},zr=([s,t])=>s+t,Ct=({level:s,tile:t})=>`${s} ${t}`;function on(s){let t=document.createElement("canvas");return[t.width,t.height]=[s.width,s.height],t.getContext("2d").putImageData(s,0,0),t}function an({left:s,top:t,width:e,height:r,plot:n},i,[o,a]){let l=(g,v,A,M)=>{let _=Math.ceil(Te(M,A)/128)-1,S=128<<A,N=Math.min(_,Math.floor((g+v)/S)),G=Math.max(0,Math.floor(g/S));return Array.from({length:Math.max(0,N-G+1)},(oe,Se)=>G+Se)},c=l(s,n.width/e,i[1],a),h=l(t,n.height/r,i[0],o),u=h.flatMap(g=>c.map(v=>({level:i,tile:[g,v]}))),f=({tile:[g,v]})=>Math.hypot(g-(h[0]+h.at(-1))/2,v-(c[0]+c.at(-1))/2);return u.sort((g,v)=>f(g)-f(v))}var Ie=class{constructor(t,e){this.rows=t;this.columns=e;this.width=1;this.height=1;this.left=0;this.top=0;this.plot={width:1,height:1};this.fitted={width:1,height:1}}fit(t){let e=Math.min(30,t.width/this.columns),r=Math.min(30,t.height/this.rows),n=Math.min(e,r);Math.max(e,r)<=3*n&&(e=r=n),this.plot={width:e*this.columns,height:r*this.rows},this.fitted={width:e,height:r},[this.width,this.height,this.left,this.top]=[e,r,0,0]}get whole(){return this.width<=this.fitted.width&&this.height<=this.fitted.height}showWhole(){[this.width,this.height]=[this.fitted.width,this.fitted.height],this.pan(0,0)}zoom(t,e,r){let[n,i]=[this.left+t/this.width,this.top+e/this.height];this.width=jr(this.width,this.fitted.width,r),this.height=jr(this.height,this.fitted.height,r),this.left=n-t/this.width,this.top=i-e/this.height,this.pan(0,0)}pan(t,e){let{width:r,height:n}=this.plot;this.left=De(this.left-t/this.width,0,this.columns-r/this.width),this.top=De(this.top-e/this.height,0,this.rows-n/this.height)}reveal(t,e){let[r,n]=[this.plot.width/this.width,this.plot.height/this.height];this.left=De(this.left,e+1-r,e),this.top=De(this.top,t+1-n,t),this.pan(0,0)}cellAt(t,e){let[r,n]=[this.left+t/this.width,this.top+e/this.height].map(Math.floor);return t>=0&&e>=0&&t<this.plot.width&&e<this.plot.height&&n<this.rows&&r<this.columns?{row:n,column:r}:null}level(t){let e=r=>Math.max(0,Math.floor(Math.log2(1/(r*t))));return[e(this.height),e(this.width)]}};function jr(s,t,e){return De(s*e,t,Math.max(t,44))}function De(s,t,e){return Math.min(Math.max(s,t),Math.max(t,e))}var ln={linear:[0,.25,.5,.75,1],log:[1e-4,.001,.01,.1,1]},Pt=40,it=200,$e=class extends b{constructor(){super(...arguments);this.scale="linear"}render(){let{theme:e}=E,r=it/Pt;return d`<svg viewBox="-16 0 ${it+32} 26" width=${it+32} height="26" role="img" aria-label=${this.text[this.scale]}>
      ${Array.from({length:Pt},(n,i)=>Le`<rect x=${i*r} width=${r+.5} height="8"
        fill=${be(se((i+.5)/Pt,e))}></rect>`)}
      ${ln[this.scale].map(n=>Le`<text x=${re(n,this.scale)*it} y="22">${n}</text>`)}
    </svg>`}};$e.styles=[$,w`
      svg {
        max-width: 100%;
      }
      text {
        font: 11px var(--sans);
        fill: var(--quiet);
        text-anchor: middle;
      }
      rect {
        print-color-adjust: exact;
      }
    `],p([m({attribute:!1})],$e.prototype,"scale",2),$e=p([x("qkv-legend")],$e);var ot=class{constructor(t,e){this.canvas=t;this.actions=e;this.pointers=new Map;this.moved=0;t.addEventListener("pointerdown",r=>this.down(r)),t.addEventListener("pointermove",r=>this.move(r)),t.addEventListener("pointerup",r=>this.up(r)),t.addEventListener("pointercancel",r=>this.pointers.delete(r.pointerId)),t.addEventListener("pointerleave",()=>e.leave()),t.addEventListener("wheel",r=>this.wheel(r),{passive:!1})}place({clientX:t,clientY:e}){let{left:r,top:n}=this.canvas.getBoundingClientRect();return[t-r,e-n]}down(t){this.canvas.setPointerCapture(t.pointerId),this.pointers.set(t.pointerId,this.place(t)),this.pointers.size===1&&(this.moved=0)}move(t){let e=this.place(t),r=this.pointers.get(t.pointerId);if(!r)return this.actions.hover(...e);let n=[...this.pointers].find(([i])=>i!==t.pointerId)?.[1];this.moved+=_t(r,e),n?this.pinch(r,e,n):this.moved>4&&this.actions.pan(e[0]-r[0],e[1]-r[1]),this.pointers.set(t.pointerId,e)}pinch(t,e,r){let n=[(e[0]+r[0])/2,(e[1]+r[1])/2],i=_t(e,r)/Math.max(1,_t(t,r));this.actions.pan((e[0]-t[0])/2,(e[1]-t[1])/2),this.actions.zoom(...n,i)}up(t){this.pointers.delete(t.pointerId)&&this.pointers.size===0&&this.moved<=4&&this.actions.press(...this.place(t))}wheel(t){let e=this.canvas.getRootNode().activeElement===this.canvas;if(!t.ctrlKey&&!t.metaKey&&!e&&!this.actions.zoomed())return;t.preventDefault();let r=t.ctrlKey&&Math.abs(t.deltaY)<40?.01:.002;this.actions.zoom(...this.place(t),Math.exp(-t.deltaY*r))}},_t=(s,t)=>Math.hypot(s[0]-t[0],s[1]-t[1]);var Jr=16,cn=50,Rt=-Math.PI/3,Lt=11,hn=9,pn=40,Zr=10,at=44,K=8,un='"Iowan Old Style", "Palatino Linotype", Palatino, "Noto Serif", "Noto Serif CJK SC", "Songti SC", serif',Yr=14,qt=s=>`${Math.min(Yr,s)}px ${un}`,Ot="11px system-ui, sans-serif",Tt=({text:s})=>rt(s,Jr);function Qr(s,t,e,r){let n=Math.max(cn,Vr(s,t,r*.3),hn*String(t.length).length),i=Vr(s,e,120);return{left:n+8,top:i*Math.sin(-Rt)+14,right:Math.max(at+K,i*Math.cos(Rt))+4,bottom:at+K}}function Vr(s,t,e){s.font=qt(Yr);let r=t.reduce((a,{text:l})=>Math.max(a,l.length),0),n=.6*Math.min(r,Jr),o=t.filter(({text:a})=>a.length>=n).slice(0,100).map(a=>s.measureText(Tt(a)).width);return Math.min(e,Math.max(24,...o))}function Xr(s){let{context:t,pixelRatio:e,margins:r,inks:n}=s;t.setTransform(e,0,0,e,0,0),t.fillStyle=n.paper,t.fillRect(0,0,t.canvas.width,t.canvas.height),t.translate(r.left,r.top),t.save(),dn(s),mn(s),fn(s),gn(s),yn(s),t.restore(),wn(s),bn(s),xn(s),Sn(s),kn(s)}function dn({context:s,viewport:{plot:t}}){s.beginPath(),s.rect(0,0,t.width,t.height),s.clip()}function mn({context:s,images:t,viewport:e,pixelRatio:r,weights:n}){s.imageSmoothingEnabled=!1;let i=t.overview(),{by:o,columns:a,rows:l}=n.overview;Kr(s,i,e,r,[0,0,l*o[0],a*o[1]]);for(let{place:{level:c,tile:h},image:u}of t.under(e,r)){let[f,g]=[h[0]*(128<<c[0]),h[1]*(128<<c[1])],v=[f,g,u.height<<c[0],u.width<<c[1]];Kr(s,u,e,r,v)}}function Kr(s,t,{left:e,top:r,width:n,height:i,plot:o},a,[l,c,h,u]){let f=_=>Math.round(_*a)/a,[g,v]=[f((c-e)*n),f((l-r)*i)],[A,M]=[f((c+u-e)*n),f((l+h-r)*i)];A<=0||M<=0||g>=o.width||v>=o.height||s.drawImage(t,g,v,Math.max(A-g,1/a),Math.max(M-v,1/a))}function fn({context:s,viewport:t,inks:e}){let{width:r,height:n,left:i,top:o,plot:a}=t;if(!(Math.min(r,n)<Zr)){s.fillStyle=e.paper;for(let l=-(i%1*r);l<a.width;l+=r)s.fillRect(l-.5,0,1,a.height);for(let l=-(o%1*n);l<a.height;l+=n)s.fillRect(0,l-.5,a.width,1)}}function gn({context:s,viewport:t,blocks:e,inks:r}){let{left:n,top:i,width:o,height:a}=t;for(let{kind:l,rows:c,columns:h}of e){let[u,f]=[(h[0]-n)*o,(c[0]-i)*a],[g,v]=[(h[1]-h[0])*o,(c[1]-c[0])*a];s.strokeStyle=s.fillStyle=r.gold,s.lineWidth=2,s.setLineDash(l==="possible"?[4,3]:[]),l!=="link"?s.strokeRect(u+2,f+2,Math.max(1,g-4),Math.max(1,v-4)):vn(s,u+g/2,f+v/2,Math.min(4,o/4,a/4))}s.setLineDash([])}function vn(s,t,e,r){s.beginPath(),s.arc(t,e,Math.max(1,r),0,2*Math.PI),s.fill()}function yn({context:s,viewport:t,focus:e,inks:r}){let{left:n,top:i,width:o,height:a,plot:l}=t;s.strokeStyle=r.accent,s.lineWidth=1;let[c,h]=[((e.column??0)-n)*o,((e.row??0)-i)*a],[u,f]=[Math.max(o,3),Math.max(a,3)];e.row!==null&&s.strokeRect(.5,h,l.width-1,f),e.column!==null&&s.strokeRect(c,.5,u,l.height-1),!(e.row===null||e.column===null)&&(s.lineWidth=2,s.strokeRect(c,h,u,f))}function wn({context:s,viewport:t,margins:e,rows:r,focus:n,inks:i}){s.textAlign="right",s.textBaseline="middle";let{height:o,top:a,plot:l}=t,c=o>=Lt;s.font=c?qt(o):Ot;for(let h of ts(a,l.height,o,r.length)){s.fillStyle=h===n.row?i.accent:c?i.ink:i.quiet;let u=c?Tt(r[h]):es(h);s.fillText(u,-6,(h-a+.5)*o,e.left-8)}}function bn({context:s,viewport:t,columns:e,focus:r,inks:n}){let{width:i,left:o,plot:a}=t,l=i>=Lt;s.textBaseline=l?"middle":"bottom",s.font=l?qt(i):Ot;for(let c of ts(o,a.width,i,e.length))s.fillStyle=c===r.column?n.accent:l?n.ink:n.quiet,s.save(),s.translate((c-o+.5)*i,-6),s.textAlign=l?"left":"center",l&&s.rotate(Rt),s.fillText(l?Tt(e[c]):es(c),0,0),s.restore()}var es=s=>(s+1).toLocaleString("en");function ts(s,t,e,r){let n=e>=Lt?1:$n(pn/e),i=Math.min(r,Math.floor(s+t/e+.5)),o=Math.ceil((Math.ceil(s-.5)+1)/n)*n-1;return Array.from({length:Math.max(0,Math.ceil((i-o)/n))},(a,l)=>o+l*n)}function $n(s){let t=10**Math.floor(Math.log10(s));return t*([1,2,5].find(e=>e*t>=s)??10)}function xn({context:s,viewport:t,weights:e,inks:r}){let{plot:n,top:i,height:o,rows:a,columns:l}=t,c=Math.log(Math.max(2,l)),h=n.width+K;s.fillStyle=r.bar;for(let[u,f,g]of rs(e.entropy,i,o,n.height,a))s.fillRect(h,u,Math.max(.5,g/c*at),f)}function Sn({context:s,viewport:t,weights:e,inks:r}){let{plot:n,left:i,width:o,columns:a}=t,l=e.received.reduce((h,u)=>Math.max(h,u),1e-9),c=n.height+K;s.fillStyle=r.bar;for(let[h,u,f]of rs(e.received,i,o,n.width,a))s.fillRect(h,c,u,Math.max(.5,f/l*at))}function kn({context:s,viewport:{plot:t},inks:e,bandNames:r}){s.fillStyle=e.quiet,s.font=Ot,s.textBaseline="top",s.textAlign="left",s.fillText(r[0],t.width+K,t.height+K),s.textAlign="right",s.fillText(r[1],-K,t.height+K)}function rs(s,t,e,r,n){let i=Math.max(1,Math.ceil(1/e)),o=e>=Zr?e*.55:0,a=[];for(let l=Math.floor(t/i)*i;l<Math.min(n,t+r/e);l+=i){let c=Math.max(...s.subarray(l,l+i)),[h,u]=[Math.max(0,(l-t)*e),Math.min(r,(l-t+i)*e)];a.push([h+o/2,Math.max(.5,u-h-o),c])}return a}var An=640,lt=1.5,ss={ArrowUp:[-1,0],ArrowDown:[1,0],ArrowLeft:[0,-1],ArrowRight:[0,1]};function En(s,t){return s?.querySide===t.querySide&&s.keySide===t.keySide&&s.unit===t.unit}var L=class extends b{constructor(){super(...arguments);this.scale="linear";this.focused=k;this.locked=!1;this.blocks=[];this.viewport=new Ie(1,1);this.frame=0;this.resized=new ResizeObserver(()=>this.measure())}connectedCallback(){super.connectedCallback(),this.resized.observe(this)}disconnectedCallback(){this.resized.disconnect(),super.disconnectedCallback()}render(){let[e,r]=this.shown.weights.shape;return d`
      <canvas
        tabindex="0"
        role="application"
        aria-label="${this.text.mapName(e,r)}. ${this.text.mapKeys}"
        @keydown=${this.keyPressed}
      ></canvas>
      <div class="below">
        <qkv-legend .scale=${this.scale}></qkv-legend>
        <div class="buttons screen">
          ${this.renderButton("+",this.text.zoomIn,()=>this.zoomMiddle(lt))}
          ${this.renderButton("\u2212",this.text.zoomOut,()=>this.zoomMiddle(1/lt))}
          ${this.renderButton("\u2922",this.text.whole,()=>this.showWhole())}
        </div>
      </div>
    `}renderButton(e,r,n){return d`<button type="button" title=${r} aria-label=${r} @click=${n}>${e}</button>`}firstUpdated(){new ot(this.canvas,{hover:(e,r)=>this.ask("qkv-hover",this.cellAt(e,r)??k),leave:()=>this.ask("qkv-hover",k),press:(e,r)=>this.press(e,r),pan:(e,r)=>this.change(()=>this.viewport.pan(e,r)),zoom:(e,r,n)=>this.change(()=>this.zoomAt(e,r,n)),zoomed:()=>!this.viewport.whole})}updated(e){let{theme:r}=E,{weights:n}=this.shown;e.has("shown")&&!En(e.get("shown"),this.shown)&&(this.viewport=new Ie(...n.shape),this.measure()),(this.images?.weights!==n||this.images.scale!==this.scale||this.images.theme!==r)&&(this.images=new nt(n,this.scale,r,()=>this.redraw())),e.has("focused")&&this.locked&&this.reveal(),this.redraw()}measure(){if(!this.canvas||this.clientWidth===0)return;let{rows:e,columns:r}=this.shown,n=this.canvas.getContext("2d"),i=Qr(n,e,r,this.clientWidth);this.margins=i,this.viewport.fit({width:Math.max(40,this.clientWidth-i.left-i.right),height:Math.min(An,Math.max(240,innerHeight*.75))});let{plot:o}=this.viewport,a=i.left+o.width+i.right,l=i.top+o.height+i.bottom;this.canvas.style.width=`${a}px`,this.canvas.style.height=`${l}px`,this.canvas.width=Math.round(a*devicePixelRatio),this.canvas.height=Math.round(l*devicePixelRatio),this.redraw()}redraw(){this.frame||(this.frame=requestAnimationFrame(()=>{this.frame=0,this.isConnected&&this.margins&&this.images&&this.draw()}))}draw(){let{weights:e,rows:r,columns:n}=this.shown;Xr({context:this.canvas.getContext("2d"),pixelRatio:this.canvas.width/Number.parseFloat(this.canvas.style.width),weights:e,rows:r,columns:n,images:this.images,viewport:this.viewport,margins:this.margins,focus:this.focused,blocks:this.blocks,inks:this.inks(),bandNames:[this.text.entropyBand,this.text.receivedBand]})}inks(){let e=getComputedStyle(this);return Object.fromEntries(["ink","quiet","bar","paper","accent","gold"].map(n=>[n,e.getPropertyValue(`--${n}`)]))}change(e){e(),this.canvas.style.touchAction=this.viewport.whole?"pan-x pan-y":"none",this.redraw()}cellAt(e,r){return this.viewport.cellAt(e-this.margins.left,r-this.margins.top)}zoomAt(e,r,n){this.viewport.zoom(e-this.margins.left,r-this.margins.top,n)}zoomMiddle(e){let{plot:r}=this.viewport;this.change(()=>this.viewport.zoom(r.width/2,r.height/2,e)),this.locked&&this.change(()=>this.reveal())}showWhole(){this.change(()=>this.viewport.showWhole())}press(e,r){let n=this.cellAt(e,r),{row:i,column:o}=this.focused,a=this.locked&&n?.row===i&&n?.column===o;this.ask("qkv-select",a||!n?k:n)}reveal(){let{row:e,column:r}=this.focused,{viewport:n}=this;n.reveal(e??Math.ceil(n.top),r??Math.ceil(n.left))}keyPressed(e){let r=this.keyAction(e.key);r&&(e.preventDefault(),r())}keyAction(e){if(e in ss)return()=>this.move(...ss[e]);if(e==="+"||e==="=")return()=>this.zoomMiddle(lt);if(e==="-")return()=>this.zoomMiddle(1/lt);if(e==="0")return()=>this.showWhole()}move(e,r){let[n,i]=this.shown.weights.shape,{row:o,column:a}=this.focused,l=(c,h,u)=>c===null?0:Math.min(u-1,Math.max(0,c+h));this.ask("qkv-select",{row:l(o,e,n),column:l(a,r,i)})}};L.styles=[$,w`
      :host {
        position: relative;
      }
      canvas {
        display: block;
        max-width: 100%;
        touch-action: pan-x pan-y;
        cursor: crosshair;
        print-color-adjust: exact;
      }
      .below {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        max-width: 34rem;
        margin-top: 0.25rem;
      }
      .buttons button {
        width: 1.75rem;
        color: var(--quiet);
      }
    `],p([m({attribute:!1})],L.prototype,"shown",2),p([m({attribute:!1})],L.prototype,"scale",2),p([m({attribute:!1})],L.prototype,"focused",2),p([m({attribute:!1})],L.prototype,"locked",2),p([m({attribute:!1})],L.prototype,"blocks",2),p([Ke("canvas")],L.prototype,"canvas",2),L=p([x("qkv-heat-map")],L);var Be=class{diff(t,e,r={}){let n;typeof r=="function"?(n=r,r={}):"callback"in r&&(n=r.callback);let i=this.castInput(t,r),o=this.castInput(e,r),a=this.removeEmpty(this.tokenize(i,r)),l=this.removeEmpty(this.tokenize(o,r));return this.diffWithOptionsObj(a,l,r,n)}diffWithOptionsObj(t,e,r,n){var i;let o=S=>{if(S=this.postProcess(S,r),n){setTimeout(function(){n(S)},0);return}else return S},a=e.length,l=t.length,c=1,h=a+l;r.maxEditLength!=null&&(h=Math.min(h,r.maxEditLength));let u=(i=r.timeout)!==null&&i!==void 0?i:1/0,f=Date.now()+u,g=[{oldPos:-1,lastComponent:void 0}],v=this.extractCommon(g[0],e,t,0,r);if(g[0].oldPos+1>=l&&v+1>=a)return o(this.buildValues(g[0].lastComponent,e,t));let A=-1/0,M=1/0,_=()=>{for(let S=Math.max(A,-c);S<=Math.min(M,c);S+=2){let N,G=g[S-1],oe=g[S+1];G&&(g[S-1]=void 0);let Se=!1;if(oe){let Bt=oe.oldPos-S;Se=oe&&0<=Bt&&Bt<a}let It=G&&G.oldPos+1<l;if(!Se&&!It){g[S]=void 0;continue}if(!It||Se&&G.oldPos<oe.oldPos?N=this.addToPath(oe,!0,!1,0,r):N=this.addToPath(G,!1,!0,1,r),v=this.extractCommon(N,e,t,S,r),N.oldPos+1>=l&&v+1>=a)return o(this.buildValues(N.lastComponent,e,t))||!0;g[S]=N,N.oldPos+1>=l&&(M=Math.min(M,S-1)),v+1>=a&&(A=Math.max(A,S+1))}c++};if(n)(function S(){setTimeout(function(){if(c>h||Date.now()>f)return n(void 0);_()||S()},0)})();else for(;c<=h&&Date.now()<=f;){let S=_();if(S)return S}}addToPath(t,e,r,n,i){let o=t.lastComponent;return o&&!i.oneChangePerToken&&o.added===e&&o.removed===r?{oldPos:t.oldPos+n,lastComponent:{count:o.count+1,added:e,removed:r,previousComponent:o.previousComponent}}:{oldPos:t.oldPos+n,lastComponent:{count:1,added:e,removed:r,previousComponent:o}}}extractCommon(t,e,r,n,i){let o=e.length,a=r.length,l=t.oldPos,c=l-n,h=0;for(;c+1<o&&l+1<a&&this.equals(r[l+1],e[c+1],i);)c++,l++,h++,i.oneChangePerToken&&(t.lastComponent={count:1,previousComponent:t.lastComponent,added:!1,removed:!1});return h&&!i.oneChangePerToken&&(t.lastComponent={count:h,previousComponent:t.lastComponent,added:!1,removed:!1}),t.oldPos=l,c}equals(t,e,r){return r.comparator?r.comparator(t,e):t===e||!!r.ignoreCase&&t.toLowerCase()===e.toLowerCase()}removeEmpty(t){let e=[];for(let r=0;r<t.length;r++)t[r]&&e.push(t[r]);return e}castInput(t,e){return t}tokenize(t,e){return Array.from(t)}join(t){return t.join("")}postProcess(t,e){return t}get useLongestToken(){return!1}buildValues(t,e,r){let n=[],i;for(;t;)n.push(t),i=t.previousComponent,delete t.previousComponent,t=i;n.reverse();let o=n.length,a=0,l=0,c=0;for(;a<o;a++){let h=n[a];if(h.removed)h.value=this.join(r.slice(c,c+h.count)),c+=h.count;else{if(!h.added&&this.useLongestToken){let u=e.slice(l,l+h.count);u=u.map(function(f,g){let v=r[c+g];return v.length>f.length?v:f}),h.value=this.join(u)}else h.value=this.join(e.slice(l,l+h.count));l+=h.count,h.added||(c+=h.count)}}return n}};var Nt=class extends Be{tokenize(t){return t.slice()}join(t){return t}removeEmpty(t){return t}},ns=new Nt;function Ht(s,t,e){return ns.diff(s,t,e)}var Mn=new Intl.Segmenter(void 0,{granularity:"word"}),is=s=>Array.from(Mn.segment(s),({segment:t})=>t),Cn=100;function Pn(s,t){let e=Ht(is(s),is(t),{timeout:Cn});return e?e.filter(({removed:r})=>!r).map(({added:r,value:n})=>r?d`<strong>${n.join("")}</strong>`:n.join("")):t}var _n=12,ne=class extends b{constructor(){super(...arguments);this.unit="words"}render(){let e=this.view.sides.find(({probabilities:r})=>r);return d`
      ${e?this.renderDoubts(e):y}
      ${this.view.alternatives.length>1?this.renderAlternatives():y}
    `}renderDoubts(e){let r=He(e,this.unit).map(({text:n,tokens:i})=>({text:n,value:ye(e,i)}));return r.sort((n,i)=>n.value-i.value),P(this.text.confidenceHeading,this.text.confidenceExplained,d`<ol class="doubts">
        ${r.slice(0,_n).map(({text:n,value:i})=>d`<li>
            <bdi>${n}</bdi>
            <span class="number quiet">${he(i)}</span>
            <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
              <rect width=${100*i} height="1"></rect>
            </svg>
          </li>`)}
      </ol>`)}renderAlternatives(){let{alternatives:e}=this.view;return P(this.text.alternativesHeading,this.text.alternativesExplained,d`<ol>
        ${e.map(({text:r,score:n},i)=>d`<li class="alternative" data-best=${i===0}>
            <span class="number quiet">${n.toFixed(3)}</span>
            <span dir="auto" class="sentence">${Pn(e[0].text,r)}</span>
          </li>`)}
      </ol>`)}};ne.styles=[$,O,w`
      :host {
        display: contents;
      }
      .doubts li {
        display: grid;
        grid-template-columns: minmax(0, 9rem) 3.25rem minmax(2rem, 14rem);
        gap: 0.6rem;
        align-items: center;
        line-height: 1.6;
      }
      .doubts .number {
        text-align: right;
      }
      svg {
        width: 100%;
        height: 3px;
        background: var(--rule);
      }
      rect {
        fill: var(--weight);
      }
      .alternative {
        display: grid;
        grid-template-columns: 3.75rem minmax(0, 1fr);
        gap: 0.6rem;
        align-items: baseline;
        padding: 0.15rem 0;
      }
      .alternative .number {
        text-align: right;
      }
      .sentence {
        font-family: var(--serif);
        font-size: 1.0625rem;
        color: var(--quiet);
        overflow-wrap: anywhere;
      }
      [data-best="true"] .sentence,
      strong {
        color: var(--ink);
        font-weight: 400;
      }
      strong {
        border-bottom: 1px solid var(--accent);
      }
    `],p([m({attribute:!1})],ne.prototype,"view",2),p([m({attribute:!1})],ne.prototype,"unit",2),ne=p([x("qkv-outcome")],ne);var Rn=.82,I=class extends b{constructor(){super(...arguments);this.name="";this.shades=null;this.marked=null}render(){let{src:e,width:r,height:n,boxes:i}=this.picture,o=this.shades?Math.max(1e-9,...this.shades):1;return d`
      <svg viewBox="0 0 ${r} ${n}" role="img" aria-label=${this.name}
        @pointerleave=${()=>this.ask("qkv-hover",{row:null,column:null})}>
        <image href=${e} width=${r} height=${n} />
        ${i.map(([a,l,c,h],u)=>Le`
          <rect
            class=${u===this.marked?"marked":""}
            x=${a} y=${l} width=${c-a} height=${h-l}
            fill="#000"
            fill-opacity=${this.shades?Rn*(1-this.shades[u]/o):0}
            @pointerenter=${()=>this.ask("qkv-hover",{row:null,column:u})}
            @click=${()=>this.ask("qkv-select",{row:null,column:u})}
          ></rect>`)}
      </svg>
    `}};I.styles=[$,w`
      svg {
        display: block;
        width: 100%;
        height: auto;
      }
      rect {
        print-color-adjust: exact;
      }
      .marked {
        stroke: var(--accent);
        stroke-width: 2px;
        vector-effect: non-scaling-stroke;
      }
    `],p([m({attribute:!1})],I.prototype,"picture",2),p([m()],I.prototype,"name",2),p([m({attribute:!1})],I.prototype,"shades",2),p([m({attribute:!1})],I.prototype,"marked",2),I=p([x("qkv-picture-regions")],I);var J=class extends b{constructor(){super(...arguments);this.focused=k}render(){let{weights:e,rows:r}=this.shown;return P(this.text.pictureWordsHeading,this.text.pictureWordsExplained,d`<ol>
        ${r.map(({text:n},i)=>d`<li>
            <button
              type="button"
              aria-pressed=${i===this.focused.row}
              @pointerenter=${()=>this.ask("qkv-hover",{row:i,column:null})}
              @pointerleave=${()=>this.ask("qkv-hover",k)}
              @click=${()=>this.ask("qkv-select",{row:i,column:null})}
            >
              <qkv-picture-regions
                .picture=${this.picture}
                .name=${this.text.pictureName(n)}
                .shades=${e.row(i)}
              ></qkv-picture-regions>
              <bdi>${n}</bdi>
            </button>
          </li>`)}
      </ol>`)}};J.styles=[$,O,w`
      ol {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(6.5rem, 1fr));
        gap: 0.75rem;
      }
      button {
        padding: 0;
        width: 100%;
        text-align: start;
      }
      qkv-picture-regions {
        pointer-events: none;
      }
      [aria-pressed="true"] bdi {
        color: var(--accent);
      }
    `],p([m({attribute:!1})],J.prototype,"shown",2),p([m({attribute:!1})],J.prototype,"picture",2),p([m({attribute:!1})],J.prototype,"focused",2),J=p([x("qkv-picture-words")],J);function ie(s,t){let e=[];for(let r=0;r<s.length;r++){if(!(s[r]>0)||e.length===t&&s[r]<=s[e[t-1]])continue;let n=e.findIndex(i=>s[i]<s[r]);e.splice(n<0?e.length:n,0,r),e.length=Math.min(e.length,t)}return e}var Ln=5,qn=24,Ue=s=>rt(s.text,qn),Z=class extends b{constructor(){super(...arguments);this.shown=null;this.focused=k;this.locked=!1}render(){if(!this.shown)return d`<p class="quiet">${this.text.computing}</p>`;let{row:e,column:r}=this.focused,n=[];return e!==null&&r!==null&&n.push(this.renderCell(this.shown,e,r)),e!==null&&n.push(this.renderRow(this.shown,e)),r!==null&&n.push(this.renderColumn(this.shown,r)),d`
      ${this.locked?this.renderLock():y}
      <div aria-live="polite">
        ${n.length?n:d`<p class="quiet">${this.text.pointAtWord}</p>`}
      </div>
    `}renderCell({weights:e,rows:r,columns:n},i,o){let a=e.cell(i,o);return d`<p>
      ${this.text.cell(Ue(r[i]),Ue(n[o]))}
      <data class="number" id="cell" value=${a}>${dr(a,e.precision)}</data>
    </p>`}renderRow({weights:e,rows:r,columns:n,querySide:i},o){let a=e.entropy[o],l=ye(i,r[o].tokens);return d`<p>
      ${this.text.lookedAt(Ue(r[o]))} ${this.renderLargest(e.row(o),n)}
      <span class="quiet">
        ${this.text.entropy(a.toFixed(2),Math.exp(a).toFixed(1))}
        ${l===null?y:this.text.probability(he(l))}
      </span>
    </p>`}renderColumn({weights:e,rows:r,columns:n},i){return d`<p>
      ${this.text.lookedAtBy(Ue(n[i]))}
      ${this.renderLargest(e.column(i),r)}
      <span class="quiet">${this.text.received(Oe(e.received[i]))}</span>
    </p>`}renderLargest(e,r){let n=ie(e,Ln);return n.length===0?this.text.nothingSeen:n.map(i=>d`<span class="part"><bdi>${Ue(r[i])}</bdi>
        <span class="number">${Oe(e[i])}</span></span> `)}renderLock(){return d`<p class="lock quiet screen">
      ${this.text.locked}
      <button type="button" @click=${()=>this.ask("qkv-select",k)}>${this.text.letGo}</button>
    </p>`}};Z.styles=[$,w`
      :host {
        min-height: 4.75rem;
      }
      p {
        overflow-wrap: anywhere;
      }
      .part {
        white-space: nowrap;
        margin-inline-end: 0.9em;
      }
      bdi {
        font-family: var(--serif);
        font-size: 1.1em;
        white-space: normal;
      }
      #cell {
        font-weight: 600;
        color: var(--accent);
      }
      @media (min-width: 45rem) {
        .lock {
          float: inline-end;
          margin-inline-start: 1rem;
        }
      }
      button {
        text-decoration: underline;
      }
    `],p([m({attribute:!1})],Z.prototype,"shown",2),p([m({attribute:!1})],Z.prototype,"focused",2),p([m({attribute:!1})],Z.prototype,"locked",2),Z=p([x("qkv-readout")],Z);var B=class extends b{constructor(){super(...arguments);this.unit="words";this.scale="linear";this.mapOption=({kind:e,name:r},n)=>[String(n),r?`${this.text.mapKinds[e]} ${r}`:this.text.mapKinds[e]]}render(){let e=this.view.maps[this.pane.map],r=e.layers[this.pane.layer],n=[this.renderMap(),e.layers.length>1?this.renderLayer(e):null,r.heads.length>1?this.renderHead(r):null,this.renderUnit(r),this.renderScale()].filter(i=>i!==null);return d`<p>
      ${this.text.showing}${n.map((i,o)=>d`${o?this.text.comma:""}<span class="part">${i}</span>`)}
    </p>`}renderMap(){let{maps:e}=this.view;return this.renderSelect(this.text.map,e.map(this.mapOption),this.pane.map,r=>this.choose(me(this.pane.view,this.view,Number(r))))}renderLayer(e){let r=e.layers.map((n,i)=>[String(i),we(e,n)||this.text.layerNumber(i)]);return this.renderSelect(this.text.layer,r,this.pane.layer,n=>this.chooseLayer(e,Number(n)))}renderHead(e){let{head:r}=this.pane;return this.renderSelect(this.text.head,this.headOptions(e),r??"mean",n=>this.choose({...this.pane,head:n==="mean"?null:Number(n)}))}renderUnit(e){let r=[["words",this.text.words],["tokens",this.text.tokens]],n=Fe(e)?r:r.slice(1);return this.renderSelect(this.text.unit,n,this.unit,i=>this.ask("qkv-select",{unit:i,row:null,column:null}))}renderScale(){let e=[["linear",this.text.linear],["log",this.text.log]];return this.renderSelect(this.text.scale,e,this.scale,r=>this.ask("qkv-select",{scale:r}))}renderSelect(e,r,n,i){return r.length===1?d`<span>${r[0][1]}</span>`:d`<select
      aria-label=${e}
      @change=${o=>i(o.target.value)}
    >
      ${r.map(([o,a])=>d`<option value=${o} .selected=${o===String(n)}>${a}</option>`)}
    </select>`}headOptions(e){let r=e.heads.map((i,o)=>[String(o),this.text.headNumber(o)]);return r.length>1&&Fe(e)?[["mean",this.text.meanOfHeads(r.length)],...r]:r}chooseLayer({layers:e},r){let n=e[r].heads.length,{head:i}=this.pane;this.choose({...this.pane,layer:r,head:i!==null&&i>=n?0:i})}choose(e){this.dispatchEvent(new CustomEvent("qkv-pane",{detail:e}))}};B.styles=[$,w`
      p {
        font-family: var(--serif);
        font-size: 1.0625rem;
        line-height: 1.8;
      }
      .part {
        display: inline-block;
        max-width: 100%;
      }
    `],p([m({attribute:!1})],B.prototype,"view",2),p([m({attribute:!1})],B.prototype,"pane",2),p([m({attribute:!1})],B.prototype,"unit",2),p([m({attribute:!1})],B.prototype,"scale",2),B=p([x("qkv-shown-sentence")],B);var xe=class extends b{render(){return P(this.text.notesHeading,this.text.notesExplained,d`<ul>
        ${this.view.notes.map(t=>this.renderNote(t))}
      </ul>`)}renderNote({map:t,layer:e,head:r,place:n,share:i}){let o=this.view.maps[t],a=this.text.headIn(o.name||this.text.mapKinds[o.kind],we(o,o.layers[e])||this.text.layerNumber(e),this.text.headNumber(r));return d`<li>
      <button type="button" @click=${()=>this.show({map:t,layer:e,head:r})}>${a}</button>
      <span class="quiet">${this.text.sink(he(i),this.text.places[n])}</span>
    </li>`}show(t){this.dispatchEvent(new CustomEvent("qkv-pane",{detail:t}))}};xe.styles=[$,O,w`
      button {
        text-align: start;
        text-decoration: underline;
        text-decoration-color: var(--quiet);
        padding-left: 0;
      }
    `],p([m({attribute:!1})],xe.prototype,"view",2),xe=p([x("qkv-sinks")],xe);var os=64,On=250,Tn=/^(<\S+>|\[[A-Z]+\])$/,Nn={ArrowLeft:-1,ArrowUp:-1,ArrowRight:1,ArrowDown:1,Home:-1/0,End:1/0},Hn=(s,t)=>s.length!==t?.length||s.some((e,r)=>e!==t[r]),C=class extends b{constructor(){super(...arguments);this.label="";this.layout="running";this.pieces=[];this.axis="column";this.offset=0;this.shades=null;this.scale="linear";this.marked=null;this.locked=!1;this.probabilities=null;this.spans=[];this.steps=new Uint8Array;this.theme=""}render(){let e=this.marked===null?y:`p${this.marked-this.offset}`;return d`
      <div
        class="pieces"
        role="listbox"
        dir=${this.layout==="running"?Dr(this.pieces):"ltr"}
        tabindex="0"
        aria-label=${this.label}
        aria-activedescendant=${e}
        @pointerover=${r=>this.pointed(r,!1)}
        @pointerleave=${()=>this.ask("qkv-hover",{row:null,column:null})}
        @click=${r=>this.pointed(r,!0)}
        @keydown=${this.keyPressed}
      ></div>
    `}updated(e){e.has("pieces")&&this.placePieces(),e.has("probabilities")&&this.paintProbabilities(),this.paintShades();for(let n of this.renderRoot.querySelectorAll(".marked"))Dn(n);let r=this.marked===null?void 0:this.spans[this.marked-this.offset];r?.classList.add("marked"),r?.setAttribute("aria-selected",String(this.locked)),(e.has("shades")||e.has("marked"))&&this.reveal(r)}placePieces(){let{pieces:e}=this;this.steps=new Uint8Array(e.length),this.spans=[];let r=this.renderRoot.querySelector(".pieces");r.replaceChildren();let n=()=>{e===this.pieces&&(r.append(this.nextBlock()),this.paintProbabilities(),this.paintShades(),this.spans.length<e.length&&setTimeout(n))};n()}nextBlock(){let e=document.createElement("div"),r=this.spans.length;return this.pieces.slice(r,r+On).forEach((n,i)=>{let o=Fn(n,r+i),a=this.layout==="running"&&(i>0||r===0);e.append(a?n.space:"",o),this.spans.push(o)}),e}paintShades(){let{theme:e}=E;this.spans.forEach((r,n)=>{let i=this.shades?.[n]??0,o=i?Math.round(re(i,this.scale)*os):0;if(o===this.steps[n]&&e===this.theme)return;this.steps[n]=o;let a=se(o/os,e);r.style.backgroundColor=o?be(a):"",r.style.color=o?Wr(a):""}),this.theme=e}paintProbabilities(){this.spans.forEach((e,r)=>{let n=this.probabilities?.[r];e.classList.toggle("probable",typeof n=="number"),typeof n=="number"&&e.style.setProperty("--probability",`${n*100}%`)})}reveal(e){let r=this.renderRoot.querySelector(".pieces");if(r.scrollHeight<=r.clientHeight||r.matches(":hover"))return;let n=e??this.spans[ie(this.shades??[],1)[0]];if(!n)return;let[i,o]=[n.getBoundingClientRect(),r.getBoundingClientRect()];i.top>=o.top&&i.bottom<=o.bottom||(r.scrollTop+=i.top-o.top-r.clientHeight/2)}focusOn(e){let r=e+this.offset;return this.axis==="row"?{row:r,column:null}:{row:null,column:r}}pointed(e,r){let n=e.target.closest("[data-place]");if(!n)return;let i=Number(n.dataset.place),o=this.locked&&this.marked===i+this.offset;r?this.ask("qkv-select",o?{row:null,column:null}:this.focusOn(i)):this.ask("qkv-hover",this.focusOn(i))}keyPressed(e){let r=Nn[e.key];if(r===void 0||this.pieces.length===0)return;e.preventDefault();let n=this.marked===null?r<0?this.pieces.length:-1:this.marked-this.offset,i=Math.min(this.pieces.length-1,Math.max(0,n+r));this.ask("qkv-select",this.focusOn(i))}};C.styles=[$,w`
      .pieces {
        font: 400 var(--size, 1.375rem) / 1.7 var(--serif);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        max-height: 18rem;
        overflow-y: auto;
        padding: 3px;
        margin: -3px;
      }
      .pieces > div:nth-child(n + 2) {
        content-visibility: auto;
        contain-intrinsic-height: auto 16rem;
      }
      span {
        cursor: pointer;
        border-radius: 2px;
        padding: 0.1em 0;
      }
      .probable {
        background-image: linear-gradient(var(--quiet), var(--quiet)),
          linear-gradient(var(--rule), var(--rule));
        background-repeat: no-repeat;
        background-position: left bottom;
        background-size:
          var(--probability) 2px,
          100% 2px;
      }
      .special {
        font-size: 0.75em;
        margin-inline-start: 0.35em;
      }
      .special:not([style*="color"]) {
        color: var(--quiet);
      }
      .marked {
        outline: 2px solid var(--accent);
        outline-offset: 1px;
      }
      :host(:not([layout="running"])) .pieces > div {
        display: flex;
        flex-direction: column;
      }
      :host(:not([layout="running"])) .pieces {
        font-size: 1rem;
        line-height: 1.5rem;
        white-space: nowrap;
        max-height: none;
        overflow: hidden;
        padding: 3px;
        margin: -3px;
      }
      :host(:not([layout="running"])) span {
        max-width: 100%;
        overflow: hidden;
        text-overflow: ellipsis;
        height: 1.5rem;
        padding: 0 0.3em;
      }
      :host([layout="left"]) span {
        align-self: flex-end;
      }
      :host([layout="right"]) span {
        align-self: flex-start;
      }
      @media print {
        .pieces {
          max-height: none;
        }
        .pieces > div:nth-child(n) {
          content-visibility: visible;
        }
        span {
          print-color-adjust: exact;
        }
      }
    `],p([m()],C.prototype,"label",2),p([m({reflect:!0})],C.prototype,"layout",2),p([m({attribute:!1,hasChanged:Hn})],C.prototype,"pieces",2),p([m({attribute:!1})],C.prototype,"axis",2),p([m({attribute:!1})],C.prototype,"offset",2),p([m({attribute:!1})],C.prototype,"shades",2),p([m({attribute:!1})],C.prototype,"scale",2),p([m({attribute:!1})],C.prototype,"marked",2),p([m({attribute:!1})],C.prototype,"locked",2),p([m({attribute:!1})],C.prototype,"probabilities",2),C=p([x("qkv-shaded-text")],C);function Fn({text:s},t){let e=document.createElement("span"),r={id:`p${t}`,"data-place":t,role:"option","aria-selected":!1};for(let[n,i]of Object.entries(r))e.setAttribute(n,String(i));return Tn.test(s)&&(e.className="special"),e.append(document.createElement("bdi")),e.firstElementChild.textContent=s,e}function Dn(s){s.classList.remove("marked"),s.setAttribute("aria-selected","false")}var In=150,T=class extends b{constructor(){super(...arguments);this.picture=null;this.scale="linear";this.focused=k;this.locked=!1}render(){let{text:e,picture:r}=this;if(r)return P(e.pictureHeading,e.pictureExplained,this.renderPicture(r));let n=this.shown.querySide===this.shown.keySide;return P(e.textHeading,n?e.textExplainedSelf:e.textExplained,d`<div class=${this.long?"long":""}>
        <section>${this.renderSide("column")}</section>
        <section>${this.renderSide("row")}</section>
      </div>`)}get long(){return Math.max(...this.shown.weights.shape)>In}renderPicture(e){let{weights:r,rows:n}=this.shown,{row:i,column:o}=this.focused;return d`
      <qkv-picture-regions
        .picture=${e}
        .name=${i===null?this.text.pictureWhole:this.text.pictureName(n[i].text)}
        .shades=${i===null?null:r.row(i)}
        .marked=${o}
      ></qkv-picture-regions>
      ${this.renderSide("row")}
    `}renderSide(e){let{weights:r,querySide:n,keySide:i,rows:o,columns:a}=this.shown,{row:l,column:c}=this.focused,h=e==="row"?n:i,u=e==="row"?o:a,f=e==="row"?this.text.looking:this.text.lookedAtSide,g=this.text.sideRole(this.text.sides[h.name]??h.name,f),[v,A]=e==="row"?[c,r.column]:[l,r.row];return d`
      <h3 class="quiet">${g}</h3>
      <qkv-shaded-text
        .label=${g}
        .axis=${e}
        .pieces=${u}
        .shades=${v===null?null:A.call(r,v)}
        .scale=${this.scale}
        .marked=${this.focused[e]}
        .locked=${this.locked}
        .probabilities=${h.probabilities&&u.map(({tokens:M})=>ye(h,M))}
      ></qkv-shaded-text>
    `}};T.styles=[$,O,w`
      h3 {
        margin-top: 0.6rem;
      }
      .long {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr));
        gap: 0 3rem;
      }
      .long qkv-shaded-text {
        --size: 1.0625rem;
      }
      qkv-picture-regions {
        max-width: 30rem;
      }
    `],p([m({attribute:!1})],T.prototype,"shown",2),p([m({attribute:!1})],T.prototype,"picture",2),p([m({attribute:!1})],T.prototype,"scale",2),p([m({attribute:!1})],T.prototype,"focused",2),p([m({attribute:!1})],T.prototype,"locked",2),T=p([x("qkv-two-texts")],T);var Ft=40,Dt=24,Bn=180,Un={linear:.05,log:.01},q=class extends b{constructor(){super(...arguments);this.scale="linear";this.focused=k;this.locked=!1;this.blocks=[]}get parts(){let{weights:e}=this.shown,{row:r,column:n}=this.focused,[i,o]=e.shape,a=r??(n===null?0:ie(e.column(n),1)[0])??0,l=n??ie(e.row(a),1)[0]??0;return{rows:as(a,i),columns:as(l,o)}}render(){let{rows:e,columns:r}=this.parts,{querySide:n,keySide:i,weights:o}=this.shown;return d`
      <div class="columns">
        ${this.renderSide("column",i.name||this.text.lookedAtSide,r)}
        <canvas aria-hidden="true"></canvas>
        ${this.renderSide("row",n.name||this.text.looking,e)}
      </div>
      ${this.renderPart(r,o.shape[1])} ${this.renderPart(e,o.shape[0])}
    `}renderSide(e,r,{first:n,end:i}){let{rows:o,columns:a}=this.shown;return d`<qkv-shaded-text
      layout=${e==="row"?"right":"left"}
      .label=${r}
      .axis=${e}
      .offset=${n}
      .pieces=${(e==="row"?o:a).slice(n,i)}
      .marked=${this.focused[e]}
      .locked=${this.locked}
    ></qkv-shaded-text>`}renderPart({first:e,end:r},n){return r-e===n?y:d`<p class="quiet">${this.text.linksPart(e+1,r,n)}</p>`}updated(){let{rows:e,columns:r}=this.parts,n=Dt*Math.max(e.end-e.first,r.end-r.first),[i,o]=[this.canvas,devicePixelRatio];i.style.height=`${n}px`;let a=i.clientWidth||Bn;[i.width,i.height]=[a*o,n*o];let l=i.getContext("2d");l.scale(o,o),this.drawGold(l,a,e,r),this.drawLinks(l,a,e,r)}drawLinks(e,r,n,i){let{weights:o}=this.shown,{row:a,column:l}=this.focused,c=[];for(let u=n.first;u<n.end;u++){let f=o.row(u);for(let g=i.first;g<i.end;g++)f[g]>=Un[this.scale]&&c.push([u,g,f[g]])}c.sort((u,f)=>u[2]-f[2]);let h=a!==null||l!==null;for(let[u,f,g]of c){let v=h&&(a===null||a===u)&&(l===null||l===f);e.globalAlpha=h&&!v?.15:1,e.strokeStyle=be(se(.25+.75*re(g,this.scale),E.theme)),e.lineWidth=.5+4*g,ls(e,r,f-i.first,u-n.first)}e.globalAlpha=1}drawGold(e,r,n,i){e.strokeStyle=getComputedStyle(this).getPropertyValue("--gold"),e.lineWidth=1.5;for(let o of this.blocks.filter(({kind:a})=>a!=="link")){e.setLineDash(o.kind==="possible"?[4,3]:[]);let a=([l,c],h)=>(l+c-1)/2-h.first;ls(e,r,a(o.columns,i)+.22,a(o.rows,n)+.22)}e.setLineDash([])}};q.styles=[$,w`
      .columns {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(3rem, 11rem) minmax(0, 1fr);
        gap: 0.25rem;
        max-width: 40rem;
      }
      canvas {
        width: 100%;
      }
    `],p([m({attribute:!1})],q.prototype,"shown",2),p([m({attribute:!1})],q.prototype,"scale",2),p([m({attribute:!1})],q.prototype,"focused",2),p([m({attribute:!1})],q.prototype,"locked",2),p([m({attribute:!1})],q.prototype,"blocks",2),p([Ke("canvas")],q.prototype,"canvas",2),q=p([x("qkv-word-links")],q);function as(s,t){let e=Math.max(0,Math.min(t-Ft,s-Ft/2));return{first:e,end:Math.min(t,e+Ft)}}function ls(s,t,e,r){let[n,i]=[(e+.5)*Dt,(r+.5)*Dt];s.beginPath(),s.moveTo(0,n),s.bezierCurveTo(t/2,n,t/2,i,t,i),s.stroke()}var R=class extends b{constructor(){super(...arguments);this.place=0;this.hover=k;this.shown=null;this.reading=!0;this.failure="";this.opening=0;this.paneChosen=({detail:e})=>{let r={...this.pane,...e},n=this.selection.panes.map((o,a)=>a===this.place?r:o),i=r.map===this.pane.map;this.ask("qkv-select",i?{panes:n}:{panes:n,...k})}}get pane(){return this.selection.panes[this.place]}get focused(){let{row:e,column:r}=this.locked?this.selection:this.hover,[n,i]=this.shown?.weights.shape??[0,0];return{row:e!==null&&e<n?e:null,column:r!==null&&r<i?r:null}}get locked(){return this.selection.row!==null||this.selection.column!==null}get scale(){return this.selection.scale??(this.shown?Ir(this.shown.weights):"linear")}willUpdate(e){let r=e.get("selection"),{panes:n,unit:i}=this.selection,o=JSON.stringify(r?.panes[this.place])===JSON.stringify(n[this.place]);(e.has("selection")&&!(o&&r?.unit===i)||e.has("view"))&&this.open()}async open(){let e=++this.opening;this.reading=!0,this.failure="";try{let r=await Br(this.view,this.pane,this.selection.unit);if(e!==this.opening)return;this.shown=r}catch(r){this.failure=String(r)}this.reading=!1}render(){let{view:e,shown:r}=this,{name:n,description:i,parts:o}=e.model??{},a=[n,i,o&&this.text.modelParts(o)];return d`
      <p class="model quiet">${a.filter(Boolean).join(" \xB7 ")}</p>
      ${this.failure?d`<p role="alert">${this.text.unreadable(this.failure)}</p>`:y}
      ${e.maps.length?this.renderSentence():d`<p>${this.text.noMaps}</p>`}
      ${r?this.renderFigures(r):y}
      <div class="beside">
        <qkv-outcome .view=${e} .unit=${r?.unit??"words"}></qkv-outcome>
        ${e.notes.length?this.renderSinks():y}
      </div>
    `}renderSentence(){return d`
      <div class="said">
        <qkv-shown-sentence
          .view=${this.view}
          .pane=${this.pane}
          .unit=${this.shown?.unit??this.selection.unit}
          .scale=${this.scale}
          @qkv-pane=${this.paneChosen}
        ></qkv-shown-sentence>
        <qkv-readout .shown=${this.reading?null:this.shown} .focused=${this.focused} .locked=${this.locked}></qkv-readout>
      </div>
    `}renderFigures(e){let{scale:r,focused:n,locked:i}=this,o=ur(this.view.gold,e),a=e.map.columns===0?this.view.picture:null;return d`
      <qkv-two-texts
        .shown=${e}
        .picture=${a}
        .scale=${r}
        .focused=${n}
        .locked=${i}
      ></qkv-two-texts>
      <div class="beside">
        ${this.renderMap(e,o)}
        ${a?d`<qkv-picture-words .shown=${e} .picture=${a} .focused=${n}></qkv-picture-words>`:this.renderLinks(e,o)}
      </div>
      ${this.severalHeads?this.renderHeads():y}
    `}renderMap(e,r){let{gold:n}=this.view;return P(this.text.mapHeading,d`${this.text.mapExplained} ${this.renderPrecision(e)}
      ${n&&r.length?d`${this.text.goldLegend} ${this.text.aer(Oe(n.aer))}`:y}`,d`
        <qkv-heat-map
          .shown=${e}
          .scale=${this.scale}
          .focused=${this.focused}
          .locked=${this.locked}
          .blocks=${r}
        ></qkv-heat-map>
        <p class="explained quiet screen">${this.text.mapKeys}</p>
      `)}renderPrecision({weights:{precision:e,overview:r},layer:{kernel:n}}){let i=e===null?this.text.bound(...r.by):this.text.exact(mr(e));return n?`${i} ${this.text.kernel(n)}`:i}renderLinks(e,r){return P(this.text.linksHeading,this.text.linksExplained,d`<qkv-word-links
        .shown=${e}
        .scale=${this.scale}
        .focused=${this.focused}
        .locked=${this.locked}
        .blocks=${r}
      ></qkv-word-links>`)}get severalHeads(){return this.view.maps.flatMap(({layers:e})=>e.flatMap(({heads:r})=>r)).length>1}renderHeads(){return P(this.text.headsHeading,this.text.headsExplained,d`<qkv-head-mosaic
        .maps=${this.view.maps}
        .pane=${this.pane}
        .scale=${this.scale}
        @qkv-pane=${this.paneChosen}
      ></qkv-head-mosaic>`)}renderSinks(){return d`<qkv-sinks .view=${this.view} @qkv-pane=${this.paneChosen}></qkv-sinks>`}};R.styles=[$,O,w`
      .model {
        margin-top: 0.75rem;
      }
      .said {
        background: var(--paper);
        border-bottom: 1px solid var(--rule);
        padding: 0.5rem 0;
      }
      @media screen and (min-width: 45rem) and (min-height: 36rem) {
        .said {
          position: sticky;
          top: 0;
          z-index: 1;
        }
      }
      .beside {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr));
        gap: 0 3rem;
        align-items: start;
      }
    `],p([m({attribute:!1})],R.prototype,"view",2),p([m({attribute:!1})],R.prototype,"place",2),p([m({attribute:!1})],R.prototype,"selection",2),p([m({attribute:!1})],R.prototype,"hover",2),p([F()],R.prototype,"shown",2),p([F()],R.prototype,"reading",2),p([F()],R.prototype,"failure",2),R=p([x("qkv-view")],R);var Gn=500,cs="qkv views 1";function Wn(s){let t=JSON.parse(s.getElementById("views")?.textContent??"");if(t.format!==cs)throw new Error(`${t.format}, not ${cs}`);return t}function zn(s){return s.length>1&&s[0].title===s[1].title}var U=class extends b{constructor(){super(...arguments);this.report=null;this.failure="";this.hover=k;this.kept=-1/0;this.addressChanged=()=>{this.report&&(this.selection=this.selectionOfAddress(this.report.views))};this.keyPressed=({key:e})=>{e==="Escape"&&this.select(k)}}connectedCallback(){super.connectedCallback(),addEventListener("popstate",this.addressChanged),addEventListener("keydown",this.keyPressed),this.open()}disconnectedCallback(){removeEventListener("popstate",this.addressChanged),removeEventListener("keydown",this.keyPressed),super.disconnectedCallback()}open(){try{this.report=Wn(document),this.report.views.length&&(this.selection=this.selectionOfAddress(this.report.views))}catch(e){this.failure=String(e)}}selectionOfAddress(e){let r=vr(location.hash,e);return location.hash===""&&zn(e)&&r.panes.push(me(1,e[1])),r}select(e){let r={...this.selection,...e},n=`#${kt(r)}`;n!==`#${kt(this.selection)}`&&(this.selection=r,this.keepAddress(n))}keepAddress(e){let r=performance.now();r-this.kept<Gn?history.replaceState(null,"",e):history.pushState(null,"",e),this.kept=r}point(e){this.hover=e}render(){return d`
      <header>
        <h1>${this.report?.title}</h1>
        <qkv-preferences-switch class="screen"></qkv-preferences-switch>
      </header>
      <main>${this.failure?d`<p role="alert">${this.text.unreadable(this.failure)}</p>`:this.renderViews()}</main>
    `}renderViews(){if(!this.report)return y;let{views:e}=this.report;if(e.length===0)return d`<p>${this.text.noViews}</p>`;let{panes:r}=this.selection;return d`
      ${this.renderChoice(e)}
      <div
        class="panes"
        data-count=${r.length}
        @qkv-hover=${({detail:n})=>this.point(n)}
        @qkv-select=${({detail:n})=>this.select(n)}
      >
        ${r.map((n,i)=>d`
            <qkv-view
              .view=${e[n.view]}
              .place=${i}
              .selection=${this.selection}
              .hover=${this.hover}
            ></qkv-view>
          `)}
      </div>
    `}renderChoice(e){let[r,n]=this.selection.panes,i=o=>a=>{let l=Number(a.target.value),c=l<0?[]:[me(l,e[l])],h=o===0?[...c,...n?[n]:[]]:[r,...c];this.select({panes:h,...k})};return d`
      <p class="choice screen">
${e.length>1?this.renderTexts(e,i(0)):y}
        <label>${this.text.compareWith}
          <select @change=${i(1)}>
            <option value="-1" ?selected=${!n}>${this.text.nothingBeside}</option>
            ${hs(e,n?.view,this.text.itself)}
          </select>
        </label>
      </p>
    `}renderTexts(e,r){return d`<label>${this.text.views}
      <select @change=${r}>${hs(e,this.selection.panes[0].view,"")}</select>
    </label>`}};U.styles=[$,w`
      :host {
        max-width: 84rem;
        margin: 0 auto;
        padding: 1rem clamp(0.75rem, 4vw, 3rem) 4rem;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem 2rem;
        justify-content: space-between;
        align-items: baseline;
        padding-bottom: 0.5rem;
        border-bottom: 1px solid var(--rule);
      }
      h1 {
        font: 400 1.25rem/1.3 var(--serif);
        overflow-wrap: anywhere;
      }
      .choice {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem 2rem;
        margin-top: 0.75rem;
      }
      .panes {
        display: grid;
        gap: 0 3rem;
        grid-template-columns: minmax(0, 1fr);
      }
      @media (min-width: 60rem) {
        .panes[data-count="2"] {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
      }
    `],p([F()],U.prototype,"report",2),p([F()],U.prototype,"failure",2),p([F()],U.prototype,"selection",2),p([F()],U.prototype,"hover",2),U=p([x("qkv-report")],U);function hs(s,t,e){return s.map(({title:r,model:n},i)=>{let o=[i+1,r,n?.name].filter(Boolean).join(" \xB7 ");return d`<option value=${i} ?selected=${i===t}>
      ${s.length===1?e:o}
    </option>`})}ir(document);document.body.append(document.createElement("qkv-report"));})();
/*! Bundled license information:

@lit/reactive-element/css-tag.js:
  (**
   * @license
   * Copyright 2019 Google LLC
   * SPDX-License-Identifier: BSD-3-Clause
   *)

@lit/reactive-element/reactive-element.js:
lit-html/lit-html.js:
lit-element/lit-element.js:
@lit/reactive-element/decorators/custom-element.js:
@lit/reactive-element/decorators/property.js:
@lit/reactive-element/decorators/state.js:
@lit/reactive-element/decorators/event-options.js:
@lit/reactive-element/decorators/base.js:
@lit/reactive-element/decorators/query.js:
@lit/reactive-element/decorators/query-all.js:
@lit/reactive-element/decorators/query-async.js:
@lit/reactive-element/decorators/query-assigned-nodes.js:
  (**
   * @license
   * Copyright 2017 Google LLC
   * SPDX-License-Identifier: BSD-3-Clause
   *)

lit-html/is-server.js:
  (**
   * @license
   * Copyright 2022 Google LLC
   * SPDX-License-Identifier: BSD-3-Clause
   *)

@lit/reactive-element/decorators/query-assigned-elements.js:
  (**
   * @license
   * Copyright 2021 Google LLC
   * SPDX-License-Identifier: BSD-3-Clause
   *)
*/
