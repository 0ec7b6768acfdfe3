extern "C" int specimen_library() {
    return 1;
}
